import { describe, expect, it } from 'vitest';
import {
  checkFiles,
  durationOf,
  goodItems,
  itemsOf,
  type JobDraft,
  linesWithGaps,
  requestOf,
} from '../../../src/dashboard/ui/pages/jobs/new-job.ts';
import { toTable } from '../../../src/dashboard/ui/pages/jobs/table.ts';
import { fillTemplate, placeholdersOf } from '../../../src/dashboard/ui/pages/jobs/template.ts';

const table = toTable('nama,hp,file\nAni,0812,a.pdf\n{hp},0813,\n', true);
const draft: JobDraft = {
  deviceId: 'shop',
  kind: 'text',
  from: 'rows',
  listId: '',
  groupId: '',
  table,
  recipient: 'hp',
  message: 'Halo {Nama}!',
  mediaType: 'document',
  url: 'https://example.com/{file}',
  fileName: '',
  name: '',
  delay: '',
  allowDuplicates: false,
};

describe('a template', () => {
  it('is filled from the row, whatever the case, and what is filled in stands for nothing', () => {
    const [ani, odd] = itemsOf(draft);
    expect(ani).toEqual({ line: 2, body: { to: '0812', message: 'Halo Ani!' } });
    expect(odd?.body.message).toBe('Halo {hp}!');
  });

  it('keeps what is no column, and says so', () => {
    const [row] = table.rows;
    expect(row && fillTemplate('{ nama } {kode}', table, row)).toBe('Ani {kode}');
    expect(placeholdersOf('{nama} {NAMA} {kode}', table)).toEqual({ known: ['nama'], unknown: ['kode'] });
  });

  it('tells which rows have nothing for it', () => {
    expect(linesWithGaps({ ...draft, message: '{nama}' })).toEqual([3]);
    expect(linesWithGaps({ ...draft, message: '{nama}', url: '' })).toEqual([]);
  });
});

describe('a job', () => {
  it('goes to the route of its kind', () => {
    const items = itemsOf(draft);
    expect(requestOf({ ...draft, name: ' x ', delay: '1.5' }, items)).toEqual({
      path: '/api/whatsapp-multi-device/devices/shop/jobs/send-text',
      body: {
        name: 'x',
        delay: 1.5,
        allowDuplicates: false,
        messages: [
          { to: '0812', message: 'Halo Ani!' },
          { to: '0813', message: 'Halo {hp}!' },
        ],
      },
    });
    const groups = { ...draft, kind: 'group_text' as const };
    expect(requestOf(groups, itemsOf(groups)).body).toMatchObject({ items: [{ groupId: '0812' }, {}] });
    const list = { ...draft, from: 'list' as const, listId: '7' };
    expect(requestOf(list, []).body).toEqual({
      allowDuplicates: false,
      listId: 7,
      message: 'Halo {Nama}!',
    });
  });

  it('of files names a file for each row, with words only where there may be some', () => {
    const media = { ...draft, kind: 'media' as const };
    expect(itemsOf(media)[0]?.body).toEqual({
      to: '0812',
      mediaType: 'document',
      url: 'https://example.com/a.pdf',
      caption: 'Halo Ani!',
    });
    const group = {
      ...media,
      kind: 'group_media' as const,
      groupId: '1-2@g.us',
      mediaType: 'audio' as const,
    };
    expect(itemsOf(group)[0]?.body).toEqual({ mediaType: 'audio', url: 'https://example.com/a.pdf' });
    expect(requestOf(group, []).path).toMatch(/\/groups\/1-2%40g\.us\/jobs\/send-media$/);
  });

  it('of files is looked at here as far as that goes, and can go without the bad rows', () => {
    const items = itemsOf({ ...draft, kind: 'media', url: '{file}', recipient: 'nama' });
    const checked = checkFiles(
      [{ line: 9, body: { to: '', url: 'https://x.example/a' } }, ...items],
      'media',
    );
    expect(checked).toMatchObject({
      total: 0,
      invalidCount: 3,
      problems: [
        { index: 0, field: 'to' },
        { index: 1, field: 'url' },
        { index: 2, field: 'url' },
      ],
    });
    expect(goodItems(items, { problems: checked.problems.slice(0, 1) })).toEqual(items.slice(1));
  });

  it('takes as long as its pauses', () => {
    expect(durationOf(101, '')).toBe(350);
    expect(durationOf(101, '2')).toBe(200);
    expect(durationOf(0, '2')).toBe(0);
  });
});
