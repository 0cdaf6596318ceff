/** How long a recording or a film plays, in whole seconds; null when it does not say. */
export async function secondsOf(path: string): Promise<number | null> {
  // Loaded with the first recording: most servers never see one.
  const { parseFile } = await import('music-metadata');
  try {
    const { format } = await parseFile(path, { duration: true, skipCovers: true });
    return format.duration === undefined ? null : Math.max(1, Math.round(format.duration));
  } catch {
    // A recipient sees the length when it plays.
    return null;
  }
}

/** Whether a recording is what a voice note has to be: Opus in Ogg. */
export async function isVoiceNote(path: string): Promise<boolean> {
  const { fileTypeFromFile } = await import('file-type');
  return (await fileTypeFromFile(path))?.mime === 'audio/ogg; codecs=opus';
}
