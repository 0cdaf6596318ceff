import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { currentOpenApi, OPENAPI_FILE } from './openapi-document.ts';
import { PROJECT_ROOT } from './source-file.ts';

writeFileSync(join(PROJECT_ROOT, OPENAPI_FILE), await currentOpenApi());
