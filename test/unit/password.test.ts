import { describe, expect, it } from 'vitest';
import { weaknessOf } from '../../src/access/password.ts';
import { createPasswordHasher } from '../../src/access/password-hasher.ts';
import { normaliseEmail } from '../../src/access/user.ts';

const email = 'ana.maria@example.com';

describe('a password', () => {
  it.each([
    ['tulip glacier orbit'],
    ['kopi-susu-dingin-7'],
    ['пароль длинный'],
    ['🌷🌵🍀🌻🌹🌼💐🌸🥀🍁🍂🍃'],
    [`${'x9$'.repeat(3)}Qw!`],
    [`a1b2c3${'z'.repeat(194)}`],
  ])('%s is good', (password) => {
    expect(weaknessOf(password, { email })).toBeNull();
  });

  it.each([
    ['elevenchars', 'at least 12'],
    ['🌷🌵🍀🌻🌹🌼💐🌸🥀🍁🍂', 'at least 12'],
    ['a1b2c3'.repeat(34), 'at most 200'],
    ['aaaaaaaaaaaaaaaa', 'guessed first'],
    ['abababababab', 'guessed first'],
    ['123456789012', 'guessed first'],
    ['Password-1234', 'guessed first'],
    ['Correct Horse Battery Staple', 'guessed first'],
    ['xx ANA.MARIA@example.com', 'e-mail'],
    ['my ana.maria secret', 'e-mail'],
  ])('%s is refused: %s', (password, reason) => {
    expect(weaknessOf(password, { email })).toContain(reason);
  });

  it('may hold a mailbox too short to mean anything', () => {
    expect(weaknessOf('banana boat party', { email: 'ana@example.com' })).toBeNull();
  });
});

describe('what is kept of a password', () => {
  it('is argon2id with a salt of its own, at the costs that are promised', async () => {
    const hasher = createPasswordHasher();
    const [one, two] = await Promise.all([
      hasher.hash('tulip glacier orbit'),
      hasher.hash('tulip glacier orbit'),
    ]);
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,p=1,t=2\$/);
    expect(one).not.toBe(two);
    expect(await hasher.verify(one, 'tulip glacier orbit')).toBe(true);
    expect(await hasher.verify(one, 'tulip glacier orbiT')).toBe(false);
    expect(hasher.isOld(one)).toBe(false);
    expect(hasher.isOld(one.replace('m=19456', 'm=4096'))).toBe(true);
  });

  it('opens with the same accent typed another way', async () => {
    const hasher = createPasswordHasher();
    expect(await hasher.verify(await hasher.hash('caf\u00e9 au lait 12'), 'cafe\u0301 au lait 12')).toBe(
      true,
    );
  });

  it('of nobody is never right, whatever is typed', async () => {
    expect(await createPasswordHasher().verify(null, 'xxxxxxxxxxxx')).toBe(false);
  });

  it('is made for fifty at once; who comes then is told to wait', async () => {
    const hasher = createPasswordHasher();
    const all = await Promise.allSettled(Array.from({ length: 55 }, () => hasher.verify(null, 'x')));
    const refused = all.filter(({ status }) => status === 'rejected');
    expect(refused.length).toBe(5);
    expect(refused).toMatchObject(refused.map(() => ({ reason: { code: 'OVERLOADED' } })));
    expect(await hasher.verify(null, 'x')).toBe(false);
  });
});

it('an e-mail address has one spelling', () => {
  expect(normaliseEmail('  Ana@EXAMPLE.com ')).toBe('ana@example.com');
});
