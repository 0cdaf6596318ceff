import { expect, it } from 'vitest';
import type { User } from '../../src/access/user.ts';
import { createUserRepository } from '../../src/access/user-repository.ts';
import type { UserSession } from '../../src/access/user-session.ts';
import { createUserSessionRepository } from '../../src/access/user-session-repository.ts';
import { createSettingRepository } from '../../src/settings/setting-repository.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { describeOnEachDatabase } from '../support/databases.ts';

const HOUR_MS = 3_600_000;
const now = new Date('2026-11-20T08:30:00.123Z');
const after = (ms: number) => new Date(now.getTime() + ms);
const idOf = (text: string) => text.padEnd(26, '0');

const user = (id: string, fields: Partial<User> = {}): User => ({
  userId: idOf(id),
  email: `${id.toLowerCase()}@example.com`,
  name: `Person ${id}`,
  role: 'admin',
  status: 'active',
  deviceIds: null,
  locale: null,
  passwordHash: '$argon2id$v=19$m=19456,p=1,t=2$c2FsdA$aGFzaA',
  lastSignInAt: null,
  createdAt: now,
  ...fields,
});

const session = (id: string, owner: User, fields: Partial<UserSession> = {}): UserSession => ({
  sessionId: idOf(id),
  userId: owner.userId,
  tokenHash: id.toLowerCase().padEnd(64, '0'),
  createdAt: now,
  lastSeenAt: now,
  expiresAt: after(7 * 24 * HOUR_MS),
  ...fields,
});

const keep = { endSessions: false };
/** Of the password that everybody has at first. */
const proof = (most: number) => ({ passwordHash: user('A').passwordHash, most });

describeOnEachDatabase('the repository of people', (open) => {
  it('gives people back as they were made, in that order', async () => {
    const users = createUserRepository({ database: await open() });
    const one = user('A', { name: 'Ana 🌷 Ñ', locale: 'id', lastSignInAt: now });
    const two = user('B', { role: 'viewer', deviceIds: ['dev-1', 'dev-2'], status: 'disabled' });
    expect([await users.add(two), await users.add(one)]).toEqual([true, true]);
    expect(await users.list()).toEqual([one, two]);
    expect(await users.find(two.userId)).toEqual(two);
    expect(await users.findByEmail('a@example.com')).toEqual(one);
    expect([await users.find('nobody'), await users.findByEmail('nobody@example.com')]).toEqual([null, null]);
    expect(await users.count()).toBe(2);
  });

  it('takes an address once', async () => {
    const users = createUserRepository({ database: await open() });
    await users.add(user('A'));
    await users.add(user('B'));
    expect(await users.add(user('C', { email: 'a@example.com' }))).toBe(false);
    expect(await users.change(idOf('B'), { email: 'a@example.com' }, keep)).toBe('email-taken');
    expect(await users.list()).toEqual([user('A'), user('B')]);
  });

  it('changes only what it is told to', async () => {
    const users = createUserRepository({ database: await open() });
    await users.add(user('A'));
    await users.add(user('B', { role: 'viewer' }));
    const change = { name: 'Bo', deviceIds: ['dev-1'], locale: 'en' } as const;
    expect(await users.change(idOf('B'), change, keep)).toBe('done');
    expect(await users.find(idOf('B'))).toEqual(user('B', { role: 'viewer', ...change }));
    await users.change(idOf('B'), { deviceIds: null, locale: null }, keep);
    await users.noteSignIn(idOf('B'), now);
    expect(await users.find(idOf('B'))).toEqual(user('B', { role: 'viewer', name: 'Bo', lastSignInAt: now }));
    expect(await users.find(idOf('A'))).toEqual(user('A'));
  });

  it('keeps the last administrator, also when two go at the same moment', async () => {
    const users = createUserRepository({ database: await open() });
    await users.add(user('A'));
    await users.add(user('B'));
    await users.add(user('C', { status: 'disabled' }));
    await users.add(user('D', { role: 'viewer' }));
    const results = await Promise.all([
      users.change(idOf('A'), { role: 'viewer' }, keep),
      users.change(idOf('B'), { status: 'disabled' }, keep),
    ]);
    expect(results.sort()).toEqual(['done', 'last-administrator']);
    const left = (await users.list()).find(({ role, status }) => role === 'admin' && status === 'active');
    expect(await users.remove(left?.userId ?? '')).toBe('last-administrator');
    expect(await users.remove(idOf('C'))).toBe('done');
    expect(await users.remove(idOf('D'))).toBe('done');
    expect(await users.count()).toBe(2);
  });

  it('makes the first person once, and takes the link away with it', async () => {
    const database = await open();
    const users = createUserRepository({ database });
    const settings = createSettingRepository({ database, clock: systemClock });
    expect(await users.addFirst(user('A'), 'link')).toBe(false);
    await settings.set('link', { tokenHash: 'x' });
    const results = await Promise.all(['A', 'B', 'C'].map((id) => users.addFirst(user(id), 'link')));
    expect(results.filter(Boolean).length).toBe(1);
    expect([await users.count(), await settings.find('link')]).toEqual([1, null]);
    await settings.set('link', { tokenHash: 'y' });
    expect(await users.addFirst(user('D'), 'link')).toBe(false);
  });
});

describeOnEachDatabase('the repository of sessions', (open) => {
  const start = async () => {
    const database = await open();
    const users = createUserRepository({ database });
    const sessions = createUserSessionRepository({ database });
    const [ana, bo] = [user('A'), user('B', { role: 'viewer', deviceIds: ['dev-1'] })];
    await users.add(ana);
    await users.add(bo);
    return { users, sessions, ana, bo };
  };

  it('finds a session by its hash, with the person', async () => {
    const { sessions, bo } = await start();
    const made = session('1', bo);
    await sessions.add(made, proof(20));
    expect(await sessions.find(made.tokenHash)).toEqual({ session: made, user: bo });
    expect(await sessions.find('f'.repeat(64))).toBeNull();
    await sessions.touch(made.sessionId, after(HOUR_MS));
    expect((await sessions.find(made.tokenHash))?.session.lastSeenAt).toEqual(after(HOUR_MS));
    await sessions.remove(made.sessionId);
    expect(await sessions.find(made.tokenHash)).toBeNull();
  });

  it('ends sessions with the rights they were made for, in one write', async () => {
    const { users, sessions, ana, bo } = await start();
    const [one, two] = [session('1', bo), session('2', ana)];
    await sessions.add(one, proof(20));
    await sessions.add(two, proof(20));
    await users.change(bo.userId, { role: 'operator' }, { endSessions: true });
    expect(await sessions.find(one.tokenHash)).toBeNull();
    await users.change(ana.userId, { name: 'Anna' }, keep);
    expect(await sessions.find(two.tokenHash)).not.toBeNull();
    await sessions.add(session('3', bo), proof(20));
    await users.remove(bo.userId);
    expect(await sessions.find(session('3', bo).tokenHash)).toBeNull();
  });

  it('keeps the newest of somebody with too many, and one when the others end', async () => {
    const { sessions, ana, bo } = await start();
    for (const id of ['1', '2', '3', '4']) await sessions.add(session(id, ana), proof(3));
    await sessions.add(session('5', bo), proof(3));
    const alive = async () => [...(await sessions.aliveOf(['1', '2', '3', '4', '5'].map(idOf), now))].sort();
    expect(await alive()).toEqual(['2', '3', '4', '5'].map(idOf));
    await sessions.removeOthers(ana.userId, idOf('3'));
    expect(await alive()).toEqual(['3', '5'].map(idOf));
  });

  it('makes none for a password of before, nor for somebody disabled or gone', async () => {
    const { users, sessions, ana, bo } = await start();
    const { passwordHash } = ana;
    expect(await sessions.add(session('1', ana), proof(20))).toBe(true);
    expect(await users.rehash(ana.userId, { from: passwordHash, to: 'a new hash' })).toBe(true);
    expect(await users.rehash(ana.userId, { from: passwordHash, to: 'of before' })).toBe(false);
    expect(await sessions.add(session('2', ana), proof(20))).toBe(false);
    expect(await sessions.add(session('3', ana), { passwordHash: 'a new hash', most: 20 })).toBe(true);
    await users.change(bo.userId, { status: 'disabled' }, keep);
    expect(await sessions.add(session('4', bo), proof(20))).toBe(false);
    await users.remove(bo.userId);
    expect(await sessions.add(session('5', bo), proof(20))).toBe(false);
    const ids = ['1', '2', '3', '4', '5'].map(idOf);
    expect([...(await sessions.aliveOf(ids, now))].sort()).toEqual(['1', '3'].map(idOf));
  });

  it('knows which are alive, and removes what ended by time', async () => {
    const { users, sessions, ana, bo } = await start();
    await sessions.add(session('1', ana), proof(20));
    await sessions.add(session('2', ana, { lastSeenAt: after(-12 * HOUR_MS) }), proof(20));
    await sessions.add(session('3', ana, { expiresAt: now }), proof(20));
    await sessions.add(session('4', bo), proof(20));
    await users.change(bo.userId, { status: 'disabled' }, keep);
    const ids = ['1', '2', '3', '4', '5'].map(idOf);
    expect(await sessions.aliveOf(ids, now)).toEqual([idOf('1')]);
    expect(await sessions.aliveOf([], now)).toEqual([]);
    expect([await sessions.purge(now, 100), await sessions.purge(now, 100)]).toEqual([1, 0]);
    expect(await sessions.find(session('3', ana).tokenHash)).toBeNull();
  });
});
