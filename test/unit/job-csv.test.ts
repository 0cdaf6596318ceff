import { expect, it } from 'vitest';
import { CSV_HEAD, ledgerLine } from '../../src/jobs/job-csv.ts';
import { csvCell } from '../../src/shared/csv.ts';

it.each([
  ['plain', 'plain'],
  [7, '7'],
  [-7, '-7'],
  [null, ''],
  ['', ''],
  ['a,b', '"a,b"'],
  ['say "hi"', '"say ""hi"""'],
  ['two\r\nlines', '"two\r\nlines"'],
  ['=1+1', "'=1+1"],
  ['+62812', "'+62812"],
  ['-1', "'-1"],
  ['@sum', "'@sum"],
  ['\tx', "'\tx"],
  ['\rx', '"\'\rx"'],
  ['\n=1+1', '"\'\n=1+1"'],
  ['＝1+1', "'＝1+1"],
  ['=HYPERLINK("http://x","y")', '"\'=HYPERLINK(""http://x"",""y"")"'],
  ['a=1', 'a=1'],
])('the cell %j', (value, expected) => {
  expect(csvCell(value)).toBe(expected);
});

it('a line of the ledger has as many cells as the head', () => {
  const line = ledgerLine({
    index: 3,
    to: '628123456789@s.whatsapp.net',
    messageId: '3EB0FF',
    status: 'failed',
    attempts: 2,
    error: { code: 'WA_463', message: '=cmd' },
    sentAt: null,
    deliveredAt: null,
    readAt: '2026-01-01T00:00:00.000Z',
  });
  expect(line).toBe(
    "3,628123456789@s.whatsapp.net,3EB0FF,failed,2,WA_463,'=cmd,,,2026-01-01T00:00:00.000Z\r\n",
  );
  expect(line.split(',')).toHaveLength(CSV_HEAD.split(',').length);
});
