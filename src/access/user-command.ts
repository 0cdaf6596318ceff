import { parseArgs } from 'node:util';
import { AppError } from '../shared/errors.ts';
import type { Random } from '../shared/random.ts';
import { UsageError } from './key-command.ts';
import { ROLES, type User, type UserRole } from './user.ts';
import type { UserService } from './user-service.ts';

export const USER_USAGE = `Usage: npm run cli -- user <command>

  user create --email <email> --name <name> --role <${ROLES.join(' | ')}> [--devices <id,id>] [--password-stdin]
             makes somebody who can sign in; without --password-stdin a password is made and printed, this once
  user list  lists people: id, status, role, devices, last sign-in, e-mail, name
  user password <email> [--password-stdin]
             sets a new password, made and printed unless it comes on standard input; ends the sessions
  user disable <email>
             lets the person neither sign in nor go on
  user enable <email>
             takes that back
`;

interface UserCommandDeps {
  readonly users: Pick<UserService, 'create' | 'list' | 'change' | 'getByEmail'>;
  readonly random: Random;
  /** What the command answers, for a person or a script. */
  print(line: string): void;
  /** What only a person wants to read. */
  remark(line: string): void;
  /** The first line of standard input. */
  readLine(): Promise<string>;
}

/** Carries out what follows `user` on the command line. Throws UsageError, having changed nothing. */
export async function runUserCommand(args: readonly string[], deps: UserCommandDeps): Promise<void> {
  try {
    await obey(args, deps);
  } catch (error) {
    throw error instanceof AppError ? inWords(error) : error;
  }
}

/** Names the field that is wrong: there is no request here whose schema could be read. */
function inWords(error: AppError): Error {
  const { fields } = error.details;
  const [first]: unknown[] = Array.isArray(fields) ? fields : [];
  if (typeof first !== 'object' || first === null || !('field' in first) || !('message' in first))
    return error;
  return new UsageError(`The ${String(first.field)} ${String(first.message)}`, { cause: error });
}

async function obey(args: readonly string[], deps: UserCommandDeps): Promise<void> {
  const [command, ...rest] = args;
  if (command === 'create') return createUser(rest, deps);
  if (command === 'list') return listUsers(deps);
  if (command === 'password') return setPassword(rest, deps);
  if (command === 'disable' || command === 'enable') return setStatus(command, rest, deps);
  throw new UsageError(`There is no command "user ${command ?? ''}"`);
}

async function createUser(args: readonly string[], deps: UserCommandDeps): Promise<void> {
  const { values } = optionsOf(args);
  const { email, name, devices } = values;
  if (!email || !isEmail(email)) throw new UsageError('--email is missing, or no e-mail address');
  if (!name?.trim() || name.length > 100)
    throw new UsageError('--name is missing, or longer than 100 characters');
  const role = roleOf(values.role);
  const deviceIds = devices === undefined ? null : deviceIdsOf(devices);
  if (role === 'admin' && deviceIds) throw new UsageError('An administrator cannot be limited to devices');
  const { password, isMade } = await passwordFrom(values['password-stdin'], deps);
  const user = await deps.users.create({ email, name: name.trim(), role, deviceIds, locale: null, password });
  if (isMade) deps.print(password);
  deps.remark(
    `Made: ${user.email} (${user.userId}).${isMade ? ' This is the only time the password is shown.' : ''}`,
  );
}

async function listUsers({ users, print, remark }: UserCommandDeps): Promise<void> {
  const all = await users.list();
  for (const user of all) print(lineOf(user));
  if (all.length === 0) remark('Nobody can sign in yet. Make somebody with: npm run cli -- user create');
}

async function setPassword(args: readonly string[], deps: UserCommandDeps): Promise<void> {
  const { values, positionals } = optionsOf(args);
  const { userId, email } = await deps.users.getByEmail(emailOf(positionals));
  const { password, isMade } = await passwordFrom(values['password-stdin'], deps);
  await deps.users.change(userId, { password });
  if (isMade) deps.print(password);
  deps.remark(`The password of ${email} is another now. A running server ends the sessions within seconds.`);
}

async function setStatus(
  command: 'disable' | 'enable',
  args: readonly string[],
  { users, remark }: UserCommandDeps,
): Promise<void> {
  const { userId, email } = await users.getByEmail(emailOf(optionsOf(args).positionals));
  const status = command === 'disable' ? 'disabled' : 'active';
  await users.change(userId, { status });
  remark(`${email} is ${status} now. A running server notices within seconds.`);
}

function optionsOf(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const options = {
    email: text,
    name: text,
    role: text,
    devices: text,
    'password-stdin': { type: 'boolean' },
  } as const;
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : 'The options cannot be read', {
      cause: error,
    });
  }
}

/** 18 random bytes in base64url: 24 characters. */
async function passwordFrom(isOnInput: boolean | undefined, { random, readLine }: UserCommandDeps) {
  if (isOnInput !== true) return { password: random.bytes(18).toString('base64url'), isMade: true };
  return { password: await readLine(), isMade: false };
}

function emailOf([email]: readonly string[]): string {
  if (!email) throw new UsageError('Who? Give the e-mail address');
  return email;
}

function isEmail(text: string): boolean {
  return text.length <= 254 && /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text.trim());
}

function roleOf(text: string | undefined): UserRole {
  const role = ROLES.find((each) => each === text);
  if (!role) throw new UsageError(`--role is one of ${ROLES.join(', ')}`);
  return role;
}

function deviceIdsOf(text: string): string[] {
  const ids = text
    .split(',')
    .map((id) => id.trim())
    .filter((id) => id !== '');
  const wrong = ids.find((id) => !/^[a-zA-Z0-9_-]{3,50}$/.test(id));
  if (wrong !== undefined) throw new UsageError(`"${wrong}" is not a deviceId`);
  if (ids.length === 0) throw new UsageError('--devices names no device');
  return ids;
}

function lineOf(user: User): string {
  return [
    user.userId,
    user.status.padEnd('disabled'.length),
    user.role.padEnd('operator'.length),
    user.deviceIds?.join(',') ?? 'every device',
    user.lastSignInAt ? `signed in ${user.lastSignInAt.toISOString()}` : 'never signed in',
    user.email,
    user.name,
  ].join('  ');
}
