import type { Database } from '../../src/database/database.ts';
import { createFiguresRepository } from '../../src/reports/figures-repository.ts';
import type { HistoryFilter, Position } from '../../src/reports/history.ts';
import { createHistoryRepository } from '../../src/reports/history-repository.ts';
import { createSearchRepository } from '../../src/reports/search-repository.ts';
import { readSearchTerms } from '../../src/reports/search-terms.ts';
import { BUSY, CONTACT, FIRST_MESSAGE_AT, LAST_MESSAGE_AT } from '../../test/support/history-rows.ts';

/** Something asked of history again and again; a long one takes seconds. */
export interface Question {
  readonly question: string;
  readonly isLong: boolean;
  run(): Promise<unknown>;
}

const PAGE_SIZE = 10;
const ANY_TIME = { from: null, to: null };
const DAY = { from: new Date('2026-02-10T00:00:00Z'), to: new Date('2026-02-11T00:00:00Z') };

/** Pages of ten, as page 100,000 of a million asks for. */
export function historyQuestions(database: Database, messages: number): Question[] {
  return [...pages(database, messages), ...cursors(database), ...searches(database), ...sums(database)];
}

const everything: HistoryFilter = { subject: { kind: 'everybody' }, devices: null, range: ANY_TIME };
const subjects: readonly [string, HistoryFilter][] = [
  ['everything', everything],
  ['a device of half a million', { ...everything, devices: [BUSY.deviceId] }],
  ['twenty devices', { ...everything, devices: Array.from({ length: 20 }, (_, index) => `dev-${index}`) }],
  ['a number', { ...everything, subject: { kind: 'either', number: BUSY.number } }],
  ['a conversation', { ...everything, subject: { kind: 'between', numbers: [BUSY.number, CONTACT] } }],
];

function pages(database: Database, messages: number): Question[] {
  const history = createHistoryRepository({ database });
  return [1, 1_000, 100_000]
    .filter((page) => page * PAGE_SIZE <= messages)
    .map((page) => ({
      question: `page ${page.toLocaleString('en')} by number`,
      isLong: page > 1_000,
      run: () =>
        history.slice(everything, { order: 'desc', offset: (page - 1) * PAGE_SIZE, limit: PAGE_SIZE + 1 }),
    }));
}

/** At a depth that is another one each time, over the whole of history. */
function cursors(database: Database): Question[] {
  const history = createHistoryRepository({ database });
  const of = (question: string, pick: () => Position, filter: HistoryFilter): Question => ({
    question,
    isLong: false,
    run: () => history.slice(filter, { order: 'desc', after: pick(), offset: 0, limit: PAGE_SIZE + 1 }),
  });
  const deepest = () => ({ at: new Date(FIRST_MESSAGE_AT + 600_000), id: '01H' });
  return [
    of('the last page by cursor', deepest, everything),
    ...subjects.map(([name, filter]) => of(`any page by cursor of ${name}`, anywhere(), filter)),
  ];
}

function anywhere(): () => Position {
  let step = 0;
  return () => {
    step += 1;
    const share = (step * 0.618_033_988_749) % 1;
    return {
      at: new Date(FIRST_MESSAGE_AT + Math.floor(share * (LAST_MESSAGE_AT - FIRST_MESSAGE_AT))),
      id: '01H',
    };
  };
}

function searches(database: Database): Question[] {
  const search = createSearchRepository({ database });
  const ask = (name: string, words: string): Question[] => {
    const filter = { terms: readSearchTerms(words), devices: null, range: ANY_TIME };
    const pick = anywhere();
    return [
      {
        question: `search, ${name}`,
        isLong: false,
        run: () => search.slice(filter, { order: 'desc', after: pick(), offset: 0, limit: PAGE_SIZE + 1 }),
      },
      { question: `its matches counted, ${name}`, isLong: true, run: () => search.count(filter, 10_000) },
    ];
  };
  return [
    ...ask('a word in 1 of 1,000', 'istimewa'),
    ...ask('a word in 1 of 5', 'kafe'),
    ...ask('a word in all', 'pesanan'),
    ...ask('both a rare and a common word', 'istimewa dibayar'),
  ];
}

function sums(database: Database): Question[] {
  const history = createHistoryRepository({ database });
  const figures = createFiguresRepository({ database });
  const device = { devices: [BUSY.deviceId], ...DAY };
  const pairs = { role: 'sender', number: BUSY.number, devices: null, range: ANY_TIME } as const;
  const of = (question: string, isLong: boolean, run: () => Promise<unknown>) => ({ question, isLong, run });
  return [
    of('the total of everything', true, () => history.count(everything)),
    of('the stats of a day of a device', false, () => figures.tallies(device)),
    of('a day of the daily report', false, () => figures.deviceTallies({ devices: null, ...DAY })),
    of('the contacts of a number, all time', true, () => figures.pairs(pairs)),
  ];
}
