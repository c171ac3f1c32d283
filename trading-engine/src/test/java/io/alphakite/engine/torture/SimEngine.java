package io.alphakite.engine.torture;

import io.alphakite.engine.broker.BrokerLink;
import io.alphakite.engine.broker.BrokerUnavailableException;
import io.alphakite.engine.control.ControlsBoard;
import io.alphakite.engine.control.HaltFlag;
import io.alphakite.engine.control.TradingMode;
import io.alphakite.engine.control.TradingSettings;
import io.alphakite.engine.order.CrashPoint;
import io.alphakite.engine.order.EngineClock;
import io.alphakite.engine.order.EngineSupersededException;
import io.alphakite.engine.order.OrderDesk;
import io.alphakite.engine.risk.RiskGate;
import io.alphakite.engine.risk.RiskLimits;
import io.alphakite.engine.runtime.EngineRounds;
import io.alphakite.engine.torture.Faults.Fault;
import io.alphakite.engine.torture.Faults.Mode;
import io.alphakite.model.calendar.MarketCalendar;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One engine: what {@code Engine} and {@code EngineRun} do with threads, done in virtual time. Its
 * process may stop; it is started again then.
 */
final class SimEngine {

  private static final Duration SECOND = Duration.ofSeconds(1);
  // A broker waits for the rest of a request for seconds, and with all of it not at all: a pause
  // here does not make an order arrive minutes after its claim.
  private static final Set<CrashPoint> UNDER_WAY =
      Set.of(CrashPoint.C08, CrashPoint.C09, CrashPoint.C10);
  private static final List<Mode> MODES = List.of(Mode.values());
  private static final RiskGate GATE =
      new RiskGate(
          new RiskLimits(
              100,
              BigDecimal.valueOf(25_000),
              BigDecimal.valueOf(50_000),
              BigDecimal.valueOf(500),
              10,
              60,
              BigDecimal.valueOf(5),
              Duration.ofSeconds(5),
              null));

  /** Where one history is to be stopped. */
  static final class Aim {
    final CrashPoint point;
    final Mode mode;
    private int before;
    boolean hit;

    Aim(CrashPoint point, Mode mode, int before) {
      this.point = point;
      this.mode = mode;
      this.before = before;
    }

    private boolean due(CrashPoint here) {
      if (hit || here != point || before-- > 0) {
        return false;
      }
      hit = true;
      return true;
    }
  }

  /** Which engine trades the account: a session's lock of the database. */
  static final class Lease {
    @Nullable SimEngine holder;
  }

  private final String name;
  private final World world;
  private final SimDatabase database;
  private final SimBroker broker;
  private final Faults faults;
  private final Oracle oracle;
  private final Lease lease;
  private final boolean local;
  private final @Nullable Aim aim;
  private final Set<Bug> bugs;
  private World.EngineProcess process;
  private @Nullable Run run;
  private int restarts;

  SimEngine(
      String name,
      World world,
      SimDatabase database,
      SimBroker broker,
      Faults faults,
      Oracle oracle,
      Lease lease,
      boolean local,
      @Nullable Aim aim,
      Set<Bug> bugs) {
    this.name = name;
    this.world = world;
    this.database = database;
    this.broker = broker;
    this.faults = faults;
    this.oracle = oracle;
    this.lease = lease;
    this.local = local;
    this.aim = aim;
    this.bugs = bugs;
    this.process = new World.EngineProcess(name);
  }

  void start(Duration delay) {
    world.in(delay, process, this::attempt);
  }

  /** Whether it trades. */
  boolean trades() {
    return run != null && run.live && run.started;
  }

  /** The process ends and is started again. */
  void restart(Duration delay) {
    process.alive = false;
    run = null;
    release();
    process = new World.EngineProcess(name + ++restarts);
    world.trace("restart " + process.name);
    start(delay);
  }

  /** The process does nothing for a while; the database may drop its connection meanwhile. */
  void freeze(Duration time, boolean loseLease) {
    process.frozenUntil = world.nanos() + time.toNanos();
    world.trace("frozen " + process.name + " " + time.toMillis() + " ms");
    if (loseLease) {
      release();
    }
  }

  private void release() {
    if (lease.holder == this) {
      lease.holder = null;
    }
  }

  void accountEvent() {
    Run running = run;
    if (running != null && running.started && process.alive) {
      running.rounds.askNow();
      running.following.wake();
    }
  }

  /** Wakes what a new trade, a cancel or a kill wakes. */
  void request() {
    Run running = run;
    if (running != null && running.started && process.alive) {
      running.orders.wake();
      running.following.wake();
    }
  }

  private void attempt() {
    if (lease.holder != null && lease.holder != this) {
      start(SECOND);
      return;
    }
    lease.holder = this;
    try {
      ControlsBoard.Taken taken =
          database
              .board(process)
              .takeOver(
                  new ControlsBoard.TakeOver(
                      "schwab",
                      SimDatabase.ACCOUNT,
                      "0001",
                      false,
                      new TradingSettings(TradingMode.LIVE, true, false, 1),
                      "hash",
                      "{}"));
      Run taking = new Run(taken.epoch());
      run = taking;
      taking.begin(taken);
    } catch (RuntimeException | World.ThreadKilled e) {
      foreseen(e);
      run = null;
      release();
      start(SECOND);
    }
  }

  private void foreseen(Throwable e) {
    if (!(e instanceof SimDatabase.Unavailable
        || e instanceof BrokerUnavailableException
        || e instanceof EngineSupersededException
        || e instanceof World.ThreadKilled)) {
      oracle.violated("unforeseen", e.toString());
    }
    world.trace(process.name + ": " + e.getMessage());
  }

  /** A crash point on the wire: true where the connection is to be cut. */
  boolean wire(CrashPoint point) {
    try {
      at(process, point);
      return false;
    } catch (SimDatabase.Unavailable cut) {
      return true;
    }
  }

  private void at(World.EngineProcess of, CrashPoint point) {
    faults.reached.add(point);
    if (!of.alive) {
      throw new World.Halt(of);
    }
    if (aim != null && !faults.quiet() && aim.due(point)) {
      crash(of, point, aim.mode);
    } else if (faults.hit(Fault.CRASH)) {
      crash(of, point, MODES.get(world.random.nextInt(MODES.size())));
    } else if (!database.busy() && !UNDER_WAY.contains(point) && faults.hit(Fault.FREEZE)) {
      freeze(world.between(500, 120_000), world.chance(0.7));
      world.sleep(Duration.ZERO);
    }
  }

  private void crash(World.EngineProcess of, CrashPoint point, Mode mode) {
    world.trace("CRASH " + point + " " + mode + " " + of.name);
    switch (mode) {
      case HALT -> {
        if (of == process) {
          restart(world.between(300, 5000));
        }
        of.alive = false;
        throw new World.Halt(of);
      }
      case KILL -> throw new World.ThreadKilled();
      case CUT -> {
        boolean wire =
            switch (point) {
              case C09, C10, C11, C12 -> true;
              default -> false;
            };
        if (wire) {
          broker.down(world.between(100, 4000));
        } else {
          database.down(world.between(50, 3000));
        }
        throw new SimDatabase.Unavailable("cut at " + point);
      }
    }
  }

  /** One time of having the account. */
  private final class Run {
    final World.EngineProcess mine = process;
    final EngineRounds rounds;
    final Loop orders;
    final Loop following;
    final Loop upkeep;
    boolean live = true;
    boolean started;
    World.@Nullable Frame poller;

    Run(long epoch) {
      rounds =
          new EngineRounds(
              new BrokerLink(
                  "schwab",
                  SimDatabase.ACCOUNT,
                  "0001",
                  local,
                  broker.reachedFrom(SimEngine.this, this::pollBegins),
                  BrokerLink.ELSEWHERE),
              database.orders(mine, epoch),
              new EngineRounds.Parts(
                  GATE,
                  HaltFlag.NONE,
                  MarketCalendar.nyse(),
                  bugs.contains(Bug.NAIVE_TIME_ZONE) ? naive(world) : world,
                  database.positions(mine),
                  database.differences(mine),
                  database.board(mine),
                  database.killBooks(mine),
                  world::id,
                  this::send,
                  point -> at(mine, point)),
              new Waking());
      orders = new Loop(rounds::orders);
      following = new Loop(rounds::followBroker);
      upkeep = new Loop(rounds::upkeep);
    }

    /** A listing begins; while another of this run is under way it would wait for its lock. */
    private void pollBegins() {
      if (poller != null && poller != world.frame()) {
        throw new BrokerUnavailableException("another listing is under way", null);
      }
      poller = world.frame();
    }

    private final class Waking implements EngineRounds.Due {
      @Override
      public void orders() {
        orders.wake();
      }

      @Override
      public void broker() {
        following.wake();
      }
    }

    void begin(ControlsBoard.Taken taken) {
      rounds.reconcile(taken.first(), taken.lastSeen());
      poller = null;
      started = true;
      broker.tradedFromNowOn();
      world.trace("trading " + mine.name);
      orders.schedule(Duration.ZERO);
      following.schedule(Duration.ZERO);
      upkeep.schedule(Duration.ZERO);
      world.in(SECOND, mine, this::watch);
    }

    private void watch() {
      if (live && lease.holder == SimEngine.this) {
        world.in(SECOND, mine, this::watch);
      } else if (live) {
        over();
      }
    }

    private void over() {
      if (live) {
        live = false;
        release();
        world.trace("over " + mine.name);
        start(SECOND);
      }
    }

    private void send(Runnable order) {
      UUID claimed = ((OrderDesk.Sending) order).order();
      world.in(
          world.between(0, 5),
          mine,
          () -> {
            world.frame().sending = claimed;
            try {
              order.run();
            } catch (RuntimeException e) {
              foreseen(e);
            } finally {
              if (mine.alive) {
                rounds.sent();
              }
            }
          });
    }

    /** A loop of {@code EngineRun}: never beside itself, woken or after a while. */
    private final class Loop {
      private final Supplier<Duration> round;
      private long turn;
      private boolean running;
      private boolean woken;

      Loop(Supplier<Duration> round) {
        this.round = round;
      }

      void wake() {
        if (running) {
          woken = true;
        } else if (live && started) {
          schedule(Duration.ofMillis(2));
        }
      }

      void schedule(Duration delay) {
        long mineTurn = ++turn;
        world.in(
            delay,
            mine,
            () -> {
              if (live && mineTurn == turn) {
                once();
              }
            });
      }

      private void once() {
        World.Frame frame = world.frame();
        running = true;
        woken = false;
        Duration wait = SECOND;
        try {
          wait = round.get();
        } catch (EngineSupersededException e) {
          over();
        } catch (RuntimeException | World.ThreadKilled e) {
          foreseen(e);
        } finally {
          running = false;
          if (poller == frame) {
            poller = null;
          }
        }
        if (live) {
          schedule(woken ? Duration.ofMillis(50) : wait);
        }
      }
    }
  }

  /** Times of New York, read as if they were of another zone. */
  private static EngineClock naive(World world) {
    return new EngineClock() {
      @Override
      public Instant wall() {
        return world.wall();
      }

      @Override
      public Instant market() {
        return world.market().minus(Duration.ofHours(4));
      }

      @Override
      public long nanos() {
        return world.nanos();
      }
    };
  }
}
