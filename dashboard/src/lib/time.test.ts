import { describe, expect, test } from 'vitest';
import { clock, clockMinutes, easternDate, longDate, sessionPhase } from './time';

const at = (text: string) => Date.parse(text);

describe('Eastern time', () => {
  test('is four hours behind UTC in October and five in December', () => {
    expect(clock(at('2013-10-07T13:30:00Z'))).toBe('09:30:00');
    expect(clock(at('2013-12-09T14:30:00Z'))).toBe('09:30:00');
    expect(clockMinutes(at('2013-10-07T04:00:00Z'))).toBe('00:00');
  });

  test('has its own date in the evening', () => {
    expect(easternDate(at('2013-10-08T02:00:00Z'))).toBe('2013-10-07');
    expect(longDate(at('2013-10-08T02:00:00Z'))).toBe('Mon 7 Oct 2013');
  });

  test('names the phase of the day, starts inclusive and ends exclusive', () => {
    const phases = ['07:59:59', '08:00:00', '13:29:59', '13:30:00', '19:59:59', '20:00:00', '23:59:59'];
    expect(phases.map((time) => sessionPhase(at(`2013-10-07T${time}Z`)))).toEqual([
      'closed',
      'pre-market',
      'pre-market',
      'open',
      'open',
      'post-market',
      'post-market',
    ]);
    expect(sessionPhase(at('2013-10-05T15:00:00Z'))).toBe('closed');
  });
});
