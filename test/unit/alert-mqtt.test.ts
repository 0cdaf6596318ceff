import { describe, expect, it } from 'vitest';
import { textOf } from '../../src/alerts/alert-text.ts';
import { readPayload } from '../../src/alerts/mqtt-payload.ts';
import { type AlertTopic, topicFor } from '../../src/alerts/mqtt-topics.ts';
import { isTopicFilter } from '../../src/config/config-schema.ts';

const rule = (filter: string, fields: Partial<AlertTopic> = {}): AlertTopic => ({
  filter,
  list: 'Night shift',
  message: null,
  escalate: null,
  requiresAck: false,
  pool: 'system',
  ...fields,
});

describe('the rule of a topic', () => {
  it.each([
    ['plant/7/alarm', 'plant/7/alarm', true],
    ['plant/+/alarm', 'plant/7/alarm', true],
    ['plant/+/alarm', 'plant/7/8/alarm', false],
    ['plant/+', 'plant', false],
    ['plant/#', 'plant', true],
    ['plant/#', 'plant/7/8', true],
    ['plant/#', 'planet/7', false],
    ['#', 'anything/at/all', true],
    ['#', '$SYS/broker/uptime', false],
    ['+/broker/uptime', '$SYS/broker/uptime', false],
    ['$SYS/#', '$SYS/broker/uptime', true],
    ['+', '', true],
  ])('%s for %s: %s', (filter, topic, fits) => {
    expect(topicFor([rule(filter)], topic) !== null).toBe(fits);
  });

  it('is the first that fits', () => {
    const rules = [rule('a/b', { list: 1 }), rule('a/#', { list: 2 })];
    expect(topicFor(rules, 'a/b')?.list).toBe(1);
    expect(topicFor(rules, 'a/c')?.list).toBe(2);
    expect(topicFor(rules, 'b')).toBeNull();
  });

  it.each(['a/b', '+', '#', 'a/+/b', 'a/#', '+/+/#', '/a', 'a//b'])('%s can be subscribed to', (filter) => {
    expect(isTopicFilter(filter)).toBe(true);
  });
  it.each(['', 'a/#/b', 'a#', 'a+', '+a/b', '##', 'a\0', 'a'.repeat(201)])('%j cannot', (filter) => {
    expect(isTopicFilter(filter)).toBe(false);
  });
});

describe('what a broker tells', () => {
  const read = (payload: string | object, fields: Partial<AlertTopic> = {}) =>
    readPayload(
      Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload)),
      'plant/7',
      rule('#', fields),
    );

  it('is a text as it is', () => {
    expect(read(' hot ')).toMatchObject({ id: null, order: { message: 'hot', data: [], image: null } });
    expect(read('{not json').order.message).toBe('{not json');
    expect(read('[1]').order.message).toBe('[1]');
  });

  it('is an object with readings, an image and an id', () => {
    const { order, id } = read({
      id: 7,
      message: 'hot',
      c: 97,
      data: { on: true },
      image: 'https://a.b/c',
      x: null,
    });
    expect(id).toBe('7');
    expect(order).toMatchObject({ message: 'hot', image: { url: 'https://a.b/c' } });
    expect(textOf(order)).toBe('hot\n\nc: 97\non: true');
  });

  it('without a text is the text of the rule, or the topic', () => {
    expect(read('').order.message).toBe('plant/7');
    expect(read({ c: 1 }, { message: 'too hot' }).order.message).toBe('too hot');
  });

  it('is cut to what fits into a message, whatever a sensor says', () => {
    const many = Object.fromEntries(
      Array.from({ length: 500 }, (_, index) => [`name ${index}`, 'x'.repeat(500)]),
    );
    const { order } = read({ message: '😀'.repeat(5_000), ...many });
    expect(textOf(order).length).toBeLessThan(3_900);
    expect(order.message.isWellFormed()).toBe(true);
    expect(read(Buffer.from([0xff, 0xfe, 0]).toString('latin1')).order.message.isWellFormed()).toBe(true);
  });
});
