import type { Basics } from './basics.ts';
import type { Database } from './database/database.ts';
import type { ApiInstance } from './http/fastify.ts';
import { createListMessages } from './recipients/list-messages.ts';
import { recipientImportRoutes } from './recipients/recipient-import-routes.ts';
import { createRecipientImportService } from './recipients/recipient-import-service.ts';
import { createRecipientListRepository } from './recipients/recipient-list-repository.ts';
import { recipientListRoutes } from './recipients/recipient-list-routes.ts';
import { createRecipientListService } from './recipients/recipient-list-service.ts';
import { createRecipientRepository } from './recipients/recipient-repository.ts';
import { recipientRoutes } from './recipients/recipient-routes.ts';
import { createRecipientService } from './recipients/recipient-service.ts';

export type RecipientHost = ReturnType<typeof createRecipientHost>;

/** People to write to, and lists of them. */
export function createRecipientHost({ database, clock, config }: Basics & { database: Database }) {
  const repository = createRecipientRepository({ database });
  const lists = createRecipientListRepository({ database });
  const { defaultCountry } = config.whatsapp;
  const recipients = createRecipientService({ recipients: repository, clock, defaultCountry });
  const recipientLists = createRecipientListService({ lists, recipients: repository, clock });
  return {
    listMessages: createListMessages({ lists, recipients: repository }),
    recipients,
    recipientLists,
    recipientImports: createRecipientImportService({ recipients, recipientLists }),
  };
}

export function mountRecipients(api: ApiInstance, options: RecipientHost & { prefix: string }): void {
  api.register(recipientRoutes, options);
  api.register(recipientListRoutes, options);
  api.register(recipientImportRoutes, options);
}
