/**
 * The WebSocket to the gateway: subscribes, notices silence, reconnects with jittered backoff and asks to resume where
 * it was. It knows no React and no store; what it hears goes to one listener.
 */
import { parseServerMessage, type Channel, type ServerMessage } from './wire';

/** The part of a WebSocket that is used here, so that tests can stand in for one. */
export interface Socket {
  onopen: (() => void) | null;
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  onclose: (() => void) | null;
  onerror: (() => void) | null;
  send(frame: string): void;
  close(): void;
}

export type ConnectionState =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'open' }
  /** `attempt` counts from 1; the next one starts at `retryAt` (epoch milliseconds). */
  | { readonly kind: 'waiting'; readonly attempt: number; readonly retryAt: number };

export interface StreamListener {
  onState(state: ConnectionState): void;
  onMessage(message: ServerMessage): void;
  /** A message that could not be understood; it is left out. */
  onMalformed(error: unknown): void;
}

export interface StreamEnvironment {
  readonly open: () => Socket;
  readonly now: () => number;
  /** Runs once after that many milliseconds; the answer cancels it. */
  readonly after: (millis: number, run: () => void) => () => void;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

export interface Interest {
  readonly channels: readonly Channel[];
  /** Empty means every ticker. */
  readonly tickers: readonly string[];
}

const FIRST_DELAY_MILLIS = 500;
const LONGEST_DELAY_MILLIS = 15_000;
/** The server sends a heartbeat every 10 s: two and a half of them missing is a dead connection. */
const SILENCE_MILLIS = 25_000;

const CHANNEL_OF: Partial<Record<ServerMessage['kind'], Channel>> = {
  price: 'prices',
  signal: 'signals',
  trade: 'trades',
  position: 'positions',
  portfolio: 'portfolio',
  option: 'options',
  alert: 'alerts',
};

export class StreamConnection {
  private socket: Socket | null = null;
  private interests: readonly Interest[] = [];
  private attempt = 0;
  private epoch: string | null = null;
  private lastSeq: Partial<Record<Channel, number>> = {};
  private cancelRetry: (() => void) | null = null;
  private cancelWatch: (() => void) | null = null;
  private requests = 0;
  private opened = false;
  private running = false;

  constructor(
    private readonly environment: StreamEnvironment,
    private readonly listener: StreamListener,
  ) {}

  start(): void {
    if (!this.running) {
      this.running = true;
      this.connect();
    }
  }

  stop(): void {
    this.running = false;
    this.cancelRetry?.();
    this.dropSocket();
  }

  /**
   * What to hear of, now and after every reconnect. Each interest is its own request: a channel that needs a key
   * refuses only the request it stands in.
   */
  follow(interests: readonly Interest[]): void {
    const before = this.interests;
    this.interests = interests;
    if (this.opened) {
      for (const { channels, tickers } of before) {
        const now = interests.find((interest) => interest.channels.join() === channels.join());
        const left = tickers.filter((ticker) => now !== undefined && now.tickers.length > 0 && !now.tickers.includes(ticker));
        if (left.length > 0) {
          this.send({ action: 'unsubscribe', channels, tickers: left });
        }
      }
      this.subscribe();
    }
  }

  /** Reconnects at once instead of waiting: the network came back or the page is looked at again. */
  hurry(): void {
    if (this.running && this.socket === null) {
      this.cancelRetry?.();
      this.connect();
    }
  }

  private connect(): void {
    this.cancelRetry = null;
    this.listener.onState({ kind: 'connecting' });
    let socket: Socket;
    try {
      socket = this.environment.open();
    } catch {
      this.retryLater();
      return;
    }
    this.socket = socket;
    this.watchSilence();
    socket.onopen = () => {
      this.opened = true;
      this.listener.onState({ kind: 'open' });
      this.subscribe();
      this.resume();
    };
    socket.onmessage = (event) => {
      this.watchSilence();
      this.hear(event.data);
    };
    socket.onclose = () => this.lost(socket);
    socket.onerror = () => this.lost(socket);
  }

  private lost(socket: Socket): void {
    if (this.socket === socket) {
      this.dropSocket();
      if (this.running) {
        this.retryLater();
      }
    }
  }

  private dropSocket(): void {
    const { socket } = this;
    this.socket = null;
    this.opened = false;
    this.cancelWatch?.();
    this.cancelWatch = null;
    if (socket !== null) {
      socket.onopen = socket.onmessage = socket.onclose = socket.onerror = null;
      socket.close();
    }
  }

  /** Doubling delays up to the longest, of which half is random, so that many pages do not come back at once. */
  private retryLater(): void {
    this.attempt += 1;
    const ceiling = Math.min(LONGEST_DELAY_MILLIS, FIRST_DELAY_MILLIS * 2 ** Math.min(this.attempt - 1, 10));
    const delay = Math.round(ceiling * (0.5 + this.environment.random() / 2));
    this.listener.onState({ kind: 'waiting', attempt: this.attempt, retryAt: this.environment.now() + delay });
    this.cancelRetry = this.environment.after(delay, () => this.connect());
  }

  private watchSilence(): void {
    this.cancelWatch?.();
    const { socket } = this;
    this.cancelWatch = this.environment.after(SILENCE_MILLIS, () => {
      if (socket !== null) {
        this.lost(socket);
      }
    });
  }

  private subscribe(): void {
    for (const { channels, tickers } of this.interests) {
      this.send({ action: 'subscribe', channels, ...(tickers.length === 0 ? {} : { tickers }) });
    }
  }

  private resume(): void {
    if (this.epoch !== null && Object.keys(this.lastSeq).length > 0) {
      this.send({ action: 'resume', epoch: this.epoch, from_seq: this.lastSeq });
    }
  }

  private send(request: Record<string, unknown>): void {
    this.requests += 1;
    this.socket?.send(JSON.stringify({ ...request, request_id: String(this.requests) }));
  }

  private hear(data: unknown): void {
    let message: ServerMessage;
    try {
      message = parseServerMessage(typeof data === 'string' ? data : '');
    } catch (error) {
      this.listener.onMalformed(error);
      return;
    }
    // Only a server that talks ends the backoff: one that accepts and drops at once is not yet back.
    this.attempt = 0;
    if (message.kind === 'subscribed' && message.epoch !== null && message.epoch !== this.epoch) {
      // Another run of the gateway: its counts start anew.
      this.epoch = message.epoch;
      this.lastSeq = {};
    }
    const channel = CHANNEL_OF[message.kind];
    if (channel !== undefined && 'seq' in message && message.seq !== null) {
      this.lastSeq[channel] = Math.max(this.lastSeq[channel] ?? 0, message.seq);
    }
    this.listener.onMessage(message);
  }
}
