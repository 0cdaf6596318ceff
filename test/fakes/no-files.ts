import type { OutgoingFiles } from '../../src/whatsapp/outgoing-media.ts';

/** For sockets that send no files. */
export const NO_FILES: OutgoingFiles = {
  open: async () => Promise.reject(new Error('there are no files here')),
  temporary: async () => Promise.reject(new Error('there is no place for files here')),
  kept: async () => null,
  keep: async () => {},
};
