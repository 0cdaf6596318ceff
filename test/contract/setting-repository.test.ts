import { expect, it } from 'vitest';
import { createSettingRepository } from '../../src/settings/setting-repository.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { describeOnEachDatabase } from '../support/databases.ts';

describeOnEachDatabase('the setting repository', (open) => {
  it('gives every kind of value back, and null for what is not there', async () => {
    const settings = createSettingRepository({ database: await open(), clock: systemClock });
    const values = [
      { version: [2, 3000, 1] },
      [1, 'two', null],
      'text',
      '7',
      7,
      1.5,
      true,
      null,
      { emoji: '😀' },
    ];
    for (const value of values) {
      await settings.set('name', value);
      expect(await settings.find('name')).toEqual(value);
    }
    expect(await settings.find('nothing')).toBeNull();
    expect(await settings.find('NAME')).toBeNull();
  });

  it('lets the last writer win when many write at once', async () => {
    const settings = createSettingRepository({ database: await open(), clock: systemClock });
    await Promise.all(Array.from({ length: 10 }, (_, index) => settings.set('raced', index)));
    expect(await settings.find('raced')).toBeTypeOf('number');
  });
});
