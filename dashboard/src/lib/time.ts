/**
 * Eastern time for display. Times on the wire are UTC instants (milliseconds here); only what a person reads is
 * converted, by the browser's own zone data.
 */
const ZONE = 'America/New_York';

const parts = new Intl.DateTimeFormat('en-US', {
  timeZone: ZONE,
  hourCycle: 'h23',
  weekday: 'short',
  year: 'numeric',
  month: 'short',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});
const isoDate = new Intl.DateTimeFormat('en-CA', { timeZone: ZONE, dateStyle: 'short' });

interface Eastern {
  readonly weekday: string;
  readonly year: string;
  readonly month: string;
  readonly day: string;
  readonly hour: string;
  readonly minute: string;
  readonly second: string;
}

function eastern(millis: number): Eastern {
  const found: Record<string, string> = {};
  for (const { type, value } of parts.formatToParts(millis)) {
    found[type] = value;
  }
  const { weekday = '', year = '', month = '', day = '', hour = '', minute = '', second = '' } = found;
  return { weekday, year, month, day, hour, minute, second };
}

/** 10:42:31 */
export function clock(millis: number): string {
  const { hour, minute, second } = eastern(millis);
  return `${hour}:${minute}:${second}`;
}

/** 10:42 */
export function clockMinutes(millis: number): string {
  const { hour, minute } = eastern(millis);
  return `${hour}:${minute}`;
}

/** Mon 7 Oct 2013 */
export function longDate(millis: number): string {
  const { weekday, day, month, year } = eastern(millis);
  return `${weekday} ${day} ${month} ${year}`;
}

/** 7 Oct */
export function shortDate(millis: number): string {
  const { day, month } = eastern(millis);
  return `${day} ${month}`;
}

/** 2013-10-07 */
export function easternDate(millis: number): string {
  return isoDate.format(millis);
}

export type SessionPhase = 'closed' | 'pre-market' | 'open' | 'post-market';

/**
 * The phase of the trading day by clock and weekday alone: holidays and early closes are the server's knowledge and
 * win where it tells them.
 */
export function sessionPhase(millis: number): SessionPhase {
  const { weekday, hour, minute } = eastern(millis);
  const minutes = Number(hour) * 60 + Number(minute);
  if (weekday === 'Sat' || weekday === 'Sun' || minutes < 4 * 60 || minutes >= 20 * 60) {
    return 'closed';
  }
  if (minutes < 9 * 60 + 30) {
    return 'pre-market';
  }
  return minutes < 16 * 60 ? 'open' : 'post-market';
}
