/** Fills the store: the stream pushes, REST gives the first picture, repairs after reconnects and what no channel carries. */
import { ApiProblem, call } from '../lib/api';
import { marketClock, MOST_SIGNALS, withAlarms, withChain, withPrice, withSignals, withTickers, withTrades, type Desk, type DeskStore } from '../lib/desk';
import { StreamConnection, type Interest, type Socket } from '../lib/stream-connection';
import { easternDate } from '../lib/time';
import {
  asObject,
  items,
  optionalText,
  parseAlert,
  parseCandle,
  parseControls,
  parseDailyPnl,
  parseOption,
  parsePortfolio,
  parsePosition,
  parseQuote,
  parseReplay,
  parseSignal,
  parseSystemStatus,
  parseTrade,
  parseUnresolved,
} from '../lib/wire';

const PUBLIC_CHANNELS: Interest['channels'] = ['prices', 'signals'];
const OPTION_CHANNELS: Interest['channels'] = ['options'];
const OWN_CHANNELS: Interest['channels'] = ['trades', 'positions', 'portfolio', 'alerts', 'unresolved'];
const STATUS = '/v1/system/status';
const TRADES = '/v1/trades';
const ALERTS = '/v1/alerts';
const UNRESOLVED = '/v1/unresolved';
const REPLAY = '/v1/replay';
const TRADES_SHOWN = 200;

/** How often each part is asked for, in seconds, while the page is seen; pushes make most of it fresher than that. */
const EVERY = { controls: 4, account: 5, replay: 6, status: 8, trades: 30, signals: 30, tickers: 60, quotes: 15, chain: 30 };

function openSocket(): Socket {
  const url = new URL('/v1/stream', window.location.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  const webSocket = new WebSocket(url);
  const socket: Socket = {
    onopen: null,
    onmessage: null,
    onclose: null,
    onerror: null,
    send: (frame) => webSocket.send(frame),
    close: () => webSocket.close(),
  };
  webSocket.onopen = () => socket.onopen?.();
  webSocket.onmessage = (event: MessageEvent<unknown>) => socket.onmessage?.(event);
  webSocket.onclose = () => socket.onclose?.();
  webSocket.onerror = () => socket.onerror?.();
  return socket;
}

/** A day's bar starts at its Eastern midnight or opening, or at midnight UTC of its date. */
function dateOfDay(start: number): string {
  return start % 86_400_000 === 0 ? new Date(start).toISOString().slice(0, 10) : easternDate(start);
}

export class Runtime {
  private readonly stream: StreamConnection;
  private readonly underWay = new Map<string, Promise<void>>();
  /** The Eastern date that a ticker's reference was last asked for. */
  private readonly referenceAsked = new Map<string, string>();
  private followed: string | null = null;
  private seconds = 0;
  private timer: ReturnType<typeof setInterval> | undefined;

  constructor(private readonly store: DeskStore) {
    this.stream = new StreamConnection(
      {
        open: openSocket,
        now: Date.now,
        after: (millis, run) => {
          const id = setTimeout(run, millis);
          return () => clearTimeout(id);
        },
        random: Math.random,
      },
      {
        onState: (connection) => {
          this.store.update((desk) => ({ ...desk, connection }));
          if (connection.kind === 'open') {
            // Whatever was missed while away, whether or not the server can still resume.
            void this.loadAll();
          }
        },
        onMessage: (message) => {
          this.store.hear(message, Date.now());
          this.follow();
        },
        onMalformed: () => {},
      },
    );
  }

  /** Runs until the answer is called. */
  start(): () => void {
    const wake = () => {
      if (document.visibilityState === 'visible') {
        this.stream.hurry();
        void this.loadAll();
      }
    };
    this.follow();
    const unsubscribe = this.store.subscribe(() => this.follow());
    this.stream.start();
    void this.loadAll();
    this.timer = setInterval(() => this.beat(), 1000);
    document.addEventListener('visibilitychange', wake);
    window.addEventListener('online', wake);
    return () => {
      unsubscribe();
      clearInterval(this.timer);
      document.removeEventListener('visibilitychange', wake);
      window.removeEventListener('online', wake);
      this.stream.stop();
    };
  }

  /** The market's own channels first, options of the ticker that is shown alone; what needs a key stands apart, so that its refusal costs only itself. */
  private follow(): void {
    const { tickers, selected } = this.store.get();
    const key = [selected, ...tickers].join();
    if (key !== this.followed) {
      this.followed = key;
      this.stream.follow([
        { channels: PUBLIC_CHANNELS, tickers },
        { channels: OWN_CHANNELS, tickers },
        ...(selected === null ? [] : [{ channels: OPTION_CHANNELS, tickers: [selected] }]),
      ]);
      void this.loadChain();
    }
  }

  private beat(): void {
    this.seconds += 1;
    this.store.update((desk) => ({ ...desk, wallClock: Date.now() }));
    if (document.visibilityState !== 'visible') {
      return;
    }
    const due = (every: number) => this.seconds % every === 0;
    if (due(EVERY.status)) {
      void this.loadStatus();
    }
    if (due(EVERY.replay)) {
      void this.loadReplay();
    }
    if (due(EVERY.signals)) {
      void this.loadSignals();
    }
    if (due(EVERY.chain)) {
      void this.loadChain();
    }
    if (due(EVERY.tickers)) {
      void this.loadTickers();
    }
    if (due(EVERY.quotes) || this.hasNewcomer()) {
      void this.loadQuotes();
    }
    // The status tells when a browser that was not signed in is; until then the rest would be refused each time.
    if (!this.mayRead()) {
      return;
    }
    if (due(EVERY.controls)) {
      void this.loadControls();
    }
    if (due(EVERY.account)) {
      void this.loadAccount();
    }
    if (due(EVERY.trades)) {
      void this.loadTrades();
    }
  }

  /** Whether a ticker, or a ticker's new session, has not been asked about at all. */
  private hasNewcomer(): boolean {
    const { tickers, quotes } = this.store.get();
    return tickers.some((ticker) => {
      const quote = quotes[ticker];
      return quote !== undefined && this.referenceAsked.get(ticker) !== easternDate(quote.time);
    });
  }

  private mayRead(): boolean {
    const { access } = this.store.get();
    return access === 'signed-in' || access === 'unknown';
  }

  private async loadAll(): Promise<void> {
    this.store.update((desk) => ({ ...desk, wallClock: Date.now() }));
    await Promise.all([this.loadStatus(), this.loadTickers(), this.loadReplay()]);
    await Promise.all([
      this.loadQuotes(),
      this.loadSignals(),
      this.loadChain(),
      ...(this.mayRead() ? [this.loadControls(), this.loadTrades(), this.loadAccount()] : []),
    ]);
  }

  /** Beside the status, so that a missed message is put right. */
  private loadAlarms(): Promise<void> {
    return this.load(ALERTS, (answer) => {
      const alarms = items(answer, parseAlert);
      return (desk) => withAlarms(desk, alarms);
    });
  }

  private loadUnresolved(): Promise<void> {
    return this.load(UNRESOLVED, (answer) => {
      const unresolved = items(answer, parseUnresolved);
      return (desk) => ({ ...desk, unresolved });
    });
  }

  private loadStatus(): Promise<void> {
    void this.loadAlarms();
    void this.loadUnresolved();
    return this.load(STATUS, (answer) => {
      const status = parseSystemStatus(answer);
      return (desk) => withTickers({ ...desk, status, access: 'signed-in' }, status.tickers);
    });
  }

  private async loadTickers(): Promise<void> {
    await this.load('/v1/streaming/health', (answer) => {
      const list = Array.isArray(answer) ? { items: answer } : answer;
      const found = items(list, (row) => optionalText(row, 'ticker')).filter((ticker) => ticker !== null);
      return (desk) => withTickers(desk, found);
    });
    this.follow();
  }

  private loadControls(): Promise<void> {
    return this.load('/v1/trading/controls', (answer) => {
      const controls = parseControls(answer);
      return (desk) => ({ ...desk, controls });
    });
  }

  /** An extension that only a replaying gateway has. */
  private loadReplay(): Promise<void> {
    return this.load(REPLAY, (answer) => {
      const replay = answer === null ? null : parseReplay(answer);
      return (desk) => ({ ...desk, replay });
    });
  }

  private loadTrades(): Promise<void> {
    return this.load(`${TRADES}?limit=${TRADES_SHOWN}`, (answer) => {
      const trades = items(answer, parseTrade);
      return (desk) => withTrades({ ...desk, access: 'signed-in' }, trades);
    });
  }

  private async loadChain(): Promise<void> {
    const { selected } = this.store.get();
    if (selected !== null) {
      await this.load(`/v1/options/${encodeURIComponent(selected)}/chain`, (answer) => {
        const contracts = items(answer, parseOption);
        return (desk) => (desk.selected === selected ? withChain(desk, selected, contracts) : desk);
      });
    }
  }

  private loadSignals(): Promise<void> {
    return this.load(`/v1/signals?limit=${MOST_SIGNALS}`, (answer) => {
      const signals = items(answer, parseSignal);
      return (desk) => withSignals(desk, signals);
    });
  }

  private async loadAccount(): Promise<void> {
    const { millis } = marketClock(this.store.get());
    await Promise.all([
      this.load('/v1/positions', (answer) => {
        const positions = items(answer, parsePosition);
        return (desk) => ({ ...desk, positions });
      }),
      this.load('/v1/portfolio', (answer) => {
        const portfolio = parsePortfolio(asObject(answer));
        return (desk) => ({ ...desk, portfolio });
      }),
      millis === null
        ? null
        : this.load(`/v1/pnl/daily?from=${easternDate(millis)}`, (answer) => {
            const date = easternDate(millis);
            const today = items(answer, parseDailyPnl).find((day) => day.date === date) ?? 'none';
            return (desk) => ({ ...desk, today });
          }),
    ]);
  }

  /** The newest quote and the reference for "change", for tickers the stream has been silent about. */
  private async loadQuotes(): Promise<void> {
    const { tickers, quotes, references } = this.store.get();
    const market = marketClock(this.store.get()).millis;
    for (const ticker of tickers) {
      if (quotes[ticker] === undefined) {
        await this.load(`/v1/equities/${encodeURIComponent(ticker)}/quote`, (answer) => {
          const quote = parseQuote(answer);
          return (desk) => withPrice(desk, quote, Date.now());
        });
      }
      const time = this.store.get().quotes[ticker]?.time ?? market;
      if (time !== null && references[ticker]?.date !== easternDate(time)) {
        await this.loadReference(ticker, time);
      }
    }
  }

  private loadReference(ticker: string, time: number): Promise<void> {
    const date = easternDate(time);
    this.referenceAsked.set(ticker, date);
    const from = new Date(time - 12 * 86_400_000).toISOString();
    const to = new Date(time + 1000).toISOString();
    return this.load(`/v1/equities/${encodeURIComponent(ticker)}/bars?interval=1d&from=${from}&to=${to}`, (answer) => {
      const days = items(answer, parseCandle);
      const before = days.findLast((day) => dateOfDay(day.time) < date);
      const current = days.find((day) => dateOfDay(day.time) === date);
      const price = before?.close ?? current?.open;
      if (price === undefined) {
        return (desk) => desk;
      }
      const kind = before === undefined ? 'open' : 'previous close';
      return (desk) => ({ ...desk, references: { ...desk.references, [ticker]: { price, kind, date } } });
    });
  }

  /** One GET into the store; asked for again while it is under way, the same one is waited for. */
  private load(path: string, parse: (answer: unknown) => (desk: Desk) => Desk): Promise<void> {
    const under = this.underWay.get(path);
    if (under !== undefined) {
      return under;
    }
    const loading = this.fetch(path, parse).finally(() => this.underWay.delete(path));
    this.underWay.set(path, loading);
    return loading;
  }

  /** A failure keeps what is known: the connection indicator shows that something is wrong, and the next beat asks again. */
  private async fetch(path: string, parse: (answer: unknown) => (desk: Desk) => Desk): Promise<void> {
    try {
      this.store.update(parse(await call(path)));
    } catch (error) {
      if (!(error instanceof ApiProblem)) {
        return;
      }
      if ((error.status === 401 || error.status === 403) && (path === STATUS || path.startsWith(TRADES))) {
        this.store.update((desk) => ({ ...desk, access: error.status === 401 ? 'public' : 'refused' }));
      } else if (error.status === 404 && path === REPLAY) {
        this.store.update((desk) => (desk.replay === null ? desk : { ...desk, replay: null }));
      }
    }
  }
}
