import { expect, test } from 'vitest';
import { StreamConnection, type ConnectionState, type Socket } from './stream-connection';
import type { ServerMessage } from './wire';

/** A network by hand: sockets that the test opens, feeds and cuts, and a clock that it winds. */
class Network {
  readonly sockets: FakeSocket[] = [];
  readonly states: ConnectionState[] = [];
  readonly messages: ServerMessage[] = [];
  malformed = 0;
  now = 0;
  private timers: { at: number; run: () => void }[] = [];

  readonly connection = new StreamConnection(
    {
      open: () => {
        const socket = new FakeSocket();
        this.sockets.push(socket);
        return socket;
      },
      now: () => this.now,
      after: (millis, run) => {
        const timer = { at: this.now + millis, run };
        this.timers.push(timer);
        return () => {
          this.timers = this.timers.filter((other) => other !== timer);
        };
      },
      random: () => 0.5,
    },
    {
      onState: (state) => this.states.push(state),
      onMessage: (message) => this.messages.push(message),
      onMalformed: () => {
        this.malformed += 1;
      },
    },
  );

  get socket(): FakeSocket {
    const last = this.sockets.at(-1);
    if (last === undefined) {
      throw new Error('no socket yet');
    }
    return last;
  }

  wind(millis: number): void {
    const until = this.now + millis;
    for (let due = this.next(until); due !== undefined; due = this.next(until)) {
      this.now = due.at;
      due.run();
    }
    this.now = until;
  }

  private next(until: number) {
    const due = this.timers.toSorted((a, b) => a.at - b.at).find(({ at }) => at <= until);
    this.timers = this.timers.filter((timer) => timer !== due);
    return due;
  }
}

class FakeSocket implements Socket {
  onopen: (() => void) | null = null;
  onmessage: ((event: { readonly data: unknown }) => void) | null = null;
  onclose: (() => void) | null = null;
  onerror: (() => void) | null = null;
  closed = false;
  readonly sent: Record<string, unknown>[] = [];

  send(frame: string): void {
    this.sent.push(JSON.parse(frame) as Record<string, unknown>);
  }

  close(): void {
    this.closed = true;
  }

  hear(message: unknown): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }
}

const PRICE = { type: 'price', ticker: 'SPY', timestamp: '2013-10-07T13:30:00Z', price: 167.4, volume: 1, sma9: null, vwap: null };

test('subscribes each interest by itself once open, and again after a reconnect', () => {
  const network = new Network();
  network.connection.follow([
    { channels: ['prices'], tickers: ['SPY'] },
    { channels: ['trades'], tickers: [] },
  ]);
  network.connection.start();
  expect(network.socket.sent).toEqual([]);
  network.socket.onopen?.();
  expect(network.socket.sent).toEqual([
    { action: 'subscribe', channels: ['prices'], tickers: ['SPY'], request_id: '1' },
    { action: 'subscribe', channels: ['trades'], request_id: '2' },
  ]);
  network.socket.onclose?.();
  network.wind(500);
  network.socket.onopen?.();
  expect(network.sockets).toHaveLength(2);
  expect(network.socket.sent.map(({ action }) => action)).toEqual(['subscribe', 'subscribe']);
});

test('asks to resume from the newest of each channel in the same epoch', () => {
  const network = new Network();
  network.connection.follow([{ channels: ['prices'], tickers: [] }]);
  network.connection.start();
  network.socket.onopen?.();
  network.socket.hear({ type: 'subscribed', channels: ['prices'], tickers: ['SPY'], epoch: 'one' });
  network.socket.hear({ ...PRICE, seq: 41 });
  network.socket.hear({ ...PRICE, seq: 40 });
  network.socket.onclose?.();
  network.wind(1000);
  network.socket.onopen?.();
  expect(network.socket.sent.at(-1)).toEqual({ action: 'resume', epoch: 'one', from_seq: { prices: 41 }, request_id: '3' });
});

test('forgets its place when the gateway is another run', () => {
  const network = new Network();
  network.connection.start();
  network.socket.onopen?.();
  network.socket.hear({ type: 'subscribed', channels: [], tickers: [], epoch: 'one' });
  network.socket.hear({ ...PRICE, seq: 41 });
  network.socket.hear({ type: 'subscribed', channels: [], tickers: [], epoch: 'two' });
  network.socket.hear({ ...PRICE, seq: 2 });
  network.socket.onclose?.();
  network.wind(1000);
  network.socket.onopen?.();
  expect(network.socket.sent.at(-1)).toMatchObject({ action: 'resume', epoch: 'two', from_seq: { prices: 2 } });
});

test('waits longer after each failure up to a limit, and starts over once the server talks', () => {
  const network = new Network();
  network.connection.start();
  const delays: number[] = [];
  const fail = () => {
    network.socket.onclose?.();
    const state = network.states.at(-1);
    const delay = state?.kind === 'waiting' ? state.retryAt - network.now : -1;
    delays.push(delay);
    network.wind(delay);
  };
  for (let i = 0; i < 8; i++) {
    fail();
  }
  expect(delays).toEqual([375, 750, 1500, 3000, 6000, 11_250, 11_250, 11_250]);
  network.socket.onopen?.();
  network.socket.hear({ type: 'pong' });
  fail();
  expect(delays.at(-1)).toBe(375);
});

test('a connection silent for 25 seconds is given up', () => {
  const network = new Network();
  network.connection.start();
  network.socket.onopen?.();
  network.wind(20_000);
  network.socket.hear({ type: 'heartbeat', lag_ms: 3, dropped: 0 });
  network.wind(24_000);
  expect(network.states.at(-1)).toEqual({ kind: 'open' });
  network.wind(1000);
  expect(network.states.at(-1)?.kind).toBe('waiting');
  expect(network.sockets[0]?.closed).toBe(true);
});

test('leaves out what it cannot read and goes on', () => {
  const network = new Network();
  network.connection.start();
  network.socket.onopen?.();
  network.socket.onmessage?.({ data: 'nonsense' });
  network.socket.hear(PRICE);
  expect([network.malformed, network.messages.length]).toEqual([1, 1]);
});

test('reconnects at once when hurried, and never after stop', () => {
  const network = new Network();
  network.connection.start();
  network.socket.onclose?.();
  network.connection.hurry();
  expect(network.sockets).toHaveLength(2);
  network.connection.stop();
  network.wind(60_000);
  expect(network.sockets).toHaveLength(2);
});
