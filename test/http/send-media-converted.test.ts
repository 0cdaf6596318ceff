import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { fakeFfmpeg } from '../support/ffmpeg.ts';
import * as files from '../support/media-files.ts';
import { mediaRequests, startMediaServer } from '../support/media-requests.ts';

it.each([
  ['voice', files.mp3File, files.opusFile],
  ['gif', files.gifFile, files.mp4File],
] as const)('with a converter, a file that is no %s yet becomes one', async (mediaType, given, wanted) => {
  const made = wanted();
  const { program, calls } = fakeFfmpeg({ file: made });
  const server = await startMediaServer({ FFMPEG_PATH: program });
  onTestFinished(() => server.stop());
  const { sendFile, leftovers } = mediaRequests(server);
  expect(await sendFile(await given(), { mediaType })).toMatchObject({ status: 202 });
  const hash = files.sha256Of(made);
  expect(existsSync(join(server.dataDir, 'media', hash.slice(0, 2), hash))).toBe(true);
  expect(leftovers()).toEqual([]);
  expect(calls()).toContain('-protocol_whitelist file');
});

it('what a converter cannot read is refused, with nothing left', async () => {
  const server = await startMediaServer({ FFMPEG_PATH: '/bin/false' });
  onTestFinished(() => server.stop());
  const { sendFile, leftovers } = mediaRequests(server);
  const answer = await sendFile(files.mp3File(), { mediaType: 'voice' });
  expect(answer).toMatchObject({ status: 422, code: 'MEDIA_UNREADABLE' });
  expect(leftovers()).toEqual([]);
});
