/** In characters, as the person typed them. */
export const SHORTEST_PASSWORD = 12;
export const LONGEST_PASSWORD = 200;

/** What is tried first by whoever guesses, of those that are long enough; compared without case and punctuation. */
const COMMON = new Set([
  'passwordpassword',
  'password1234',
  'password12345',
  'password123456',
  'password123456789',
  'mypassword123',
  'newpassword123',
  'adminpassword',
  'administrator',
  'administrator1',
  'administrator123',
  'adminadminadmin',
  'admin1234567',
  'admin12345678',
  'letmeinletmein',
  'welcome12345',
  'welcome123456',
  'changemechangeme',
  'changeme1234',
  'iloveyouiloveyou',
  'qwertyuiopasdfghjkl',
  'qwertyuiop123',
  'qwertyuiop12',
  'qwerty123456',
  'qwertyqwerty',
  'qwertyuiopas',
  '1q2w3e4r5t6y',
  '1q2w3e4r5t6y7u8i',
  '1qaz2wsx3edc',
  '1qaz2wsx3edc4rfv',
  'asdfghjkl123',
  'zxcvbnm12345',
  'abcdefghijkl',
  'abcdefghijklm',
  'abcd12345678',
  'abc123456789',
  'abc123abc123',
  '123456789012',
  '1234567890123',
  '12345678901234',
  '123456789012345',
  '1234567890123456',
  '012345678910',
  '123456123456',
  '123123123123',
  '987654321012',
  '098765432109',
  'indonesia123',
  'indonesia1945',
  'bismillah123',
  'rahasia12345',
  'rahasiarahasia',
  'katasandi123',
  'sayangsayang',
  'whatsapp1234',
  'whatsapp12345',
  'wafleetwafleet',
  'wafleet12345',
  'correcthorsebatterystaple',
]);
/** Fewer different characters than this are a pattern and no password. */
const FEWEST_DIFFERENT = 5;

/** Why this cannot be somebody's password, as the end of a sentence; null when it can. */
export function weaknessOf(password: string, { email }: { email: string }): string | null {
  const length = [...password].length;
  if (length < SHORTEST_PASSWORD) return `must have at least ${SHORTEST_PASSWORD} characters`;
  if (length > LONGEST_PASSWORD) return `must have at most ${LONGEST_PASSWORD} characters`;
  const plain = password.toLowerCase();
  if (COMMON.has(plain.replace(/[^\p{L}\p{N}]/gu, '')) || new Set(plain).size < FEWEST_DIFFERENT) {
    return 'is one that is guessed first';
  }
  const [mailbox = ''] = email.split('@');
  const isNamed = plain.includes(email) || (mailbox.length >= 4 && plain.includes(mailbox));
  return isNamed ? 'must not contain the e-mail address' : null;
}
