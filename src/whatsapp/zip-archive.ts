import { promisify } from 'node:util';
import { crc32, inflateRaw } from 'node:zlib';

/** One file of an archive, unpacked. */
export interface ZipFile {
  readonly name: string;
  readonly bytes: Buffer;
}

export interface ZipLimits {
  readonly entries: number;
  /** Unpacked, of one file and of all together. */
  readonly fileBytes: number;
  readonly totalBytes: number;
}

/** These bytes are no archive that is taken; the message says why and names nothing of what is inside. */
export class ZipError extends Error {
  override readonly name = 'ZipError';
}

interface Entry {
  readonly name: string;
  readonly nameBytes: Buffer;
  readonly method: number;
  readonly checksum: number;
  readonly packedSize: number;
  readonly size: number;
  readonly offset: number;
  readonly isFolder: boolean;
}

const END = 0x06054b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;
const END_BYTES = 22;
const CENTRAL_BYTES = 46;
const LOCAL_BYTES = 30;
const LONGEST_COMMENT = 0xffff;
/** Bits of an entry: encrypted, patched data, strong encryption, masked names. */
const REFUSED_FLAGS = 0b0010_0000_0110_0001;
const STORED = 0;
const DEFLATED = 8;
const UNIX = 3;
const FILE_TYPE = 0o170000;
const REGULAR = 0o100000;
const FOLDER = 0o040000;

const unpack = promisify<Buffer, { maxOutputLength: number }, Buffer>(inflateRaw);

/**
 * The files of an archive that holds one flat folder, one by one. What is declared is checked before anything is unpacked, and
 * nothing unpacks to more than it declares. Throws ZipError: for links, folders inside, names that lead elsewhere, names that
 * come twice, encryption, archives in parts or over 4 GiB, and for whatever is damaged.
 */
export async function* readZip(archive: Buffer, limits: ZipLimits): AsyncGenerator<ZipFile> {
  const entries = flatten(entriesOf(archive, limits));
  let total = 0;
  for (const { size } of entries) {
    total += size;
    if (size > limits.fileBytes) throw new ZipError('a file is too large');
    if (total > limits.totalBytes) throw new ZipError('the files are too large together');
  }
  for (const entry of entries) yield { name: entry.name, bytes: await bytesOf(entry, archive) };
}

function entriesOf(archive: Buffer, limits: ZipLimits): Entry[] {
  const end = findEnd(archive);
  const count = archive.readUInt16LE(end + 10);
  const isWhole = archive.readUInt32LE(end + 4) === 0 && archive.readUInt16LE(end + 8) === count;
  if (!isWhole) throw new ZipError('the archive is one of several parts');
  if (count > limits.entries) throw new ZipError(`more than ${limits.entries} files`);
  const entries: Entry[] = [];
  let at = archive.readUInt32LE(end + 16);
  for (let index = 0; index < count; index += 1) {
    if (at + CENTRAL_BYTES > end || archive.readUInt32LE(at) !== CENTRAL) throw damaged();
    const nameEnd = at + CENTRAL_BYTES + archive.readUInt16LE(at + 28);
    const next = nameEnd + archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32);
    if (next > end) throw damaged();
    entries.push(entryAt(archive, at, nameEnd));
    at = next;
  }
  return entries;
}

/** The end record is the last thing in the file, but for a comment. */
function findEnd(archive: Buffer): number {
  const lowest = Math.max(0, archive.length - END_BYTES - LONGEST_COMMENT);
  for (let at = archive.length - END_BYTES; at >= lowest; at -= 1) {
    const isEnd = archive.readUInt32LE(at) === END;
    if (isEnd && at + END_BYTES + archive.readUInt16LE(at + 20) === archive.length) return at;
  }
  throw damaged();
}

function entryAt(archive: Buffer, at: number, nameEnd: number): Entry {
  const nameBytes = archive.subarray(at + CENTRAL_BYTES, nameEnd);
  const name = nameBytes.toString('utf8');
  const isFolder = name.endsWith('/');
  const flags = archive.readUInt16LE(at + 8);
  if ((flags & REFUSED_FLAGS) !== 0) throw new ZipError('a file is encrypted');
  const kind = archive[at + 5] === UNIX ? (archive.readUInt32LE(at + 38) >>> 16) & FILE_TYPE : 0;
  if (kind !== 0 && kind !== (isFolder ? FOLDER : REGULAR)) throw new ZipError('a link among the files');
  return {
    name,
    nameBytes,
    isFolder,
    method: archive.readUInt16LE(at + 10),
    checksum: archive.readUInt32LE(at + 16),
    packedSize: archive.readUInt32LE(at + 20),
    size: archive.readUInt32LE(at + 24),
    offset: archive.readUInt32LE(at + 42),
  };
}

/** People pack the folder or what is in it: one folder around everything is taken off. */
function flatten(entries: readonly Entry[]): Entry[] {
  const [first] = entries;
  const around = /^[^/\\]+\//.exec(first?.name ?? '')?.[0] ?? '';
  const seen = new Set<string>();
  return entries.flatMap((entry) => {
    if (entry.isFolder && entry.name === around) return [];
    const name = entry.name.slice(around.length);
    const isPlain = entry.name.startsWith(around) && /^[^/\\\0]+$/.test(name) && !/^\.\.?$/.test(name);
    if (!isPlain || around === '../' || around === './')
      throw new ZipError('a folder or path among the files');
    if (seen.has(name)) throw new ZipError('a file is there twice');
    seen.add(name);
    return [{ ...entry, name }];
  });
}

async function bytesOf(entry: Entry, archive: Buffer): Promise<Buffer> {
  const { offset, packedSize, size, nameBytes } = entry;
  if (offset + LOCAL_BYTES > archive.length || archive.readUInt32LE(offset) !== LOCAL) throw damaged();
  const nameEnd = offset + LOCAL_BYTES + archive.readUInt16LE(offset + 26);
  // Another name here than in the directory is a file that shows one face to each reader.
  if (!archive.subarray(offset + LOCAL_BYTES, nameEnd).equals(nameBytes)) throw damaged();
  const from = nameEnd + archive.readUInt16LE(offset + 28);
  if (from + packedSize > archive.length) throw damaged();
  const packed = archive.subarray(from, from + packedSize);
  const bytes = await unpacked(packed, entry);
  if (bytes.length !== size || crc32(bytes) !== entry.checksum) throw damaged();
  return bytes;
}

async function unpacked(packed: Buffer, { method, size }: Entry): Promise<Buffer> {
  if (method === STORED) return packed;
  if (method !== DEFLATED) throw new ZipError('a file is packed in a way that is not known here');
  try {
    return await unpack(packed, { maxOutputLength: Math.max(1, size) });
  } catch (cause) {
    throw new ZipError('a file does not unpack to what it declares', { cause });
  }
}

function damaged(): ZipError {
  return new ZipError('the archive is damaged');
}
