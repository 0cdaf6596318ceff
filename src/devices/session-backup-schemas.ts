import { z } from 'zod';

const Passphrase = z
  .string()
  .regex(/^[\x20-\x7e]{12,256}$/, '12 to 256 printable ASCII characters')
  .meta({ description: 'What seals the backup. A header, because addresses end up in logs.' });

/** Other headers are none of ours to judge. */
export const ExportHeaders = z.looseObject({ 'x-backup-passphrase': Passphrase });
export const ImportHeaders = z.looseObject({ 'x-backup-passphrase': Passphrase.optional() });

const binary = { type: 'string', format: 'binary' } as const;

/** The file, as it is. */
export const ImportBody = z
  .custom<Buffer>((value) => Buffer.isBuffer(value) && value.length > 0, 'the bytes of the file')
  .meta({ ...binary, description: 'A backup, or a folder of Baileys’ file store as a zip.' });

export const BackupFile = z.custom<Buffer>(Buffer.isBuffer).meta(binary);
