package io.alphakite.streaming.feed;

import io.alphakite.model.indicator.MovingAverage;
import io.alphakite.model.indicator.SessionVwap;
import io.alphakite.model.market.Bar;
import io.alphakite.model.market.Price;
import io.alphakite.model.market.Ticker;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One ticker's way from level-one messages to rows: decides what is a tick, turns the day's volume
 * into growth, and keeps SMA9 and the session VWAP.
 *
 * <p><b>Tick.</b> A message in which the last price or the day's volume changed against the message
 * before. Time is the trade time; a message without one, or without a price, is no tick.
 *
 * <p><b>Growth.</b> The day's volume counts from 0 at each Eastern date, and growth is its
 * increase. Four exceptions:
 *
 * <ul>
 *   <li>The first message after the start, when nothing is stored for its date, only sets the base.
 *   <li>Before 07:30 Eastern a total at or above the previous date's last one still continues that
 *       one, because Schwab resets its counter shortly before; from the first lower total, or from
 *       07:30, the count is the new date's and starts from 0.
 *   <li>A lower total with an older trade time is stale: ignored.
 *   <li>A lower total otherwise is a correction: the new base, without growth. (The trade time may
 *       be equal: a busted trade lowers the total and moves no time.)
 * </ul>
 *
 * <p><b>Gaps.</b> {@link #fill} takes the finished one-minute candles of what was missed. They wait
 * as gap volume for the next message, which then grows only by what they did not cover. Candles
 * start where the stream had stopped: after the minute of its newest trade, which is partly
 * counted.
 *
 * <p><b>Late ticks.</b> One of an earlier second than the newest row adds its volume to its own
 * second's row and its price only if nothing newer is there; it counts in the VWAP and never moves
 * the moving average's latest price. Rows after it are not valued again. {@link RecentRows} says
 * what happens when its row is no longer held.
 *
 * <p><b>Bars.</b> Each tick enters its minute's bar. The minute in which the stream was interrupted
 * and that of the first message after it are incomplete, unless the day's volume proves that
 * nothing was traded in between. A candle takes the place of its minute's bar.
 *
 * <p>Not thread-safe: one thread at a time owns it.
 */
public final class TickerFeed {

  private static final LocalTime COUNTS_ANEW = LocalTime.of(7, 30);
  private static final Duration CANDLE = Duration.ofMinutes(1);
  private static final long CANDLE_CLOSE_SECONDS = 59;
  // What numeric(12,4) holds.
  private static final long PRICE_E4_MAX = 999_999_999_999L;
  // The calendar knows no session before 1990; after 2100 a time is an error of the feed.
  private static final Instant TIME_MIN = Instant.parse("1990-02-01T00:00:00Z");
  private static final Instant TIME_MAX = Instant.parse("2100-01-01T00:00:00Z");

  private final Ticker ticker;
  private final FeedRules rules;
  private final MovingAverage average;
  private SessionVwap vwap;
  private final RecentRows rows;
  private final RecentBars bars;
  // Minutes whose candles have not come, and that still matter; oldest first.
  private final List<Hole> holes = new ArrayList<>();

  private @Nullable LocalDate date;
  private boolean volumeKnown;
  private long dayVolume;
  private boolean continuesPrevious;
  private long newestMillis;
  private @Nullable Price lastPrice;
  private @Nullable Instant coveredUntil;
  private @Nullable LocalDate gapDate;
  private long gapVolume;
  // Whether a message came since the start: from then on a new date counts from 0.
  private boolean running;
  // Whether the stream was not proven complete since the newest message.
  private boolean interrupted = true;

  private long ticks;
  private long outsideHours;
  private long stale;
  private long corrections;
  private long late;
  private long lateBeyondWindow;
  private long unusable;
  private long candles;

  /** A ticker of which nothing is stored. */
  public TickerFeed(Ticker ticker, FeedRules rules) {
    this(ticker, rules, TickerState.empty(rules), List.of(), List.of());
  }

  /** Goes on from what is stored, without bars. */
  public TickerFeed(Ticker ticker, FeedRules rules, TickerState stored, List<SecondRow> recent) {
    this(ticker, rules, stored, recent, List.of());
  }

  /**
   * Goes on from what is stored.
   *
   * <p>The moving average starts anew when it was kept with other bars than the rules want.
   *
   * @param recent the newest rows stored, oldest first, at most {@link #RECENT_ROWS}
   * @param recentBars the newest bars stored, oldest first, at most {@link #RECENT_BARS}
   */
  public TickerFeed(
      Ticker ticker,
      FeedRules rules,
      TickerState stored,
      List<SecondRow> recent,
      List<MinuteBar> recentBars) {
    this.ticker = ticker;
    this.rules = rules;
    this.average =
        stored.average().bars().equals(rules.bars())
                && stored.average().period() == FeedRules.PERIOD
            ? MovingAverage.restore(stored.average())
            : new MovingAverage(rules.bars(), FeedRules.PERIOD);
    this.vwap = SessionVwap.restore(rules.calendar(), rules.hours(), stored.vwap());
    this.rows = new RecentRows(ticker);
    this.bars = new RecentBars(ticker);
    recentBars.forEach(bars::restore);
    this.date = stored.date();
    Long stand = stored.dayVolume();
    this.volumeKnown = stand != null;
    this.dayVolume = stand == null ? 0 : stand;
    this.continuesPrevious = stored.continuesPrevious();
    Instant newest = stored.newestTrade();
    this.newestMillis = newest == null ? Long.MIN_VALUE : newest.toEpochMilli();
    this.lastPrice = stored.lastPrice();
    this.coveredUntil = stored.coveredUntil();
    this.gapDate = stored.gapDate();
    this.gapVolume = stored.gapVolume();
    stored.holes().stream()
        .filter(hole -> hole.average().bars().equals(rules.bars()))
        .forEach(holes::add);
    for (SecondRow row : recent) {
      rows.restore(row, lastTickMillis(row));
    }
  }

  /** How many of the newest stored rows {@link #TickerFeed} can use. */
  public static final int RECENT_ROWS = RecentRows.CAPACITY;

  /** How many of the newest stored bars {@link #TickerFeed} can use. */
  public static final int RECENT_BARS = RecentBars.CAPACITY;

  /** Whose feed this is. */
  public Ticker ticker() {
    return ticker;
  }

  /**
   * Takes one message: the symbol's values as they stand after it.
   *
   * @return the row that it changed, as it now stands; null when it made none
   */
  public @Nullable SecondRow accept(
      @Nullable Price last, @Nullable Long totalVolume, @Nullable Instant tradeTime) {
    if (last == null || tradeTime == null) {
      return null;
    }
    if (!usable(last, totalVolume, tradeTime)) {
      unusable++;
      return null;
    }
    LocalDate messageDate = rules.calendar().dateOf(tradeTime);
    LocalDate knownDate = date;
    if (knownDate != null && messageDate.isBefore(knownDate)) {
      stale++;
      return null;
    }
    long millis = tradeTime.toEpochMilli();
    boolean sameDate = messageDate.equals(knownDate);
    long growth = 0;
    boolean volumeChanged = false;
    boolean nothingMissed = !interrupted;
    if (totalVolume != null) {
      nothingMissed |=
          sameDate && volumeKnown && totalVolume == base(totalVolume, tradeTime, true, messageDate);
      long base = base(totalVolume, tradeTime, sameDate, messageDate);
      volumeChanged = totalVolume != base;
      if (totalVolume < base) {
        if (sameDate && millis < newestMillis) {
          stale++;
          return null;
        }
        corrections++;
      } else {
        growth = totalVolume - base;
      }
      continuesPrevious = continues(totalVolume, tradeTime, sameDate);
      dayVolume = totalVolume;
      volumeKnown = true;
    } else if (!sameDate) {
      dayVolume = 0;
      volumeKnown = volumeKnown && running;
      continuesPrevious = false;
    }
    boolean priceChanged = !last.equals(lastPrice);
    if (!nothingMissed && knownDate != null) {
      bars.incomplete(newestMillis);
    }
    interrupted = false;
    date = messageDate;
    newestMillis = sameDate ? Math.max(newestMillis, millis) : millis;
    lastPrice = last;
    gapDate = null;
    gapVolume = 0;
    running = true;
    boolean changed = priceChanged || volumeChanged;
    boolean open = changed && rules.calendar().isOpen(tradeTime, rules.hours());
    if (!holes.isEmpty()) {
      enters(new Hole.First(tradeTime, last, open ? growth : 0));
    }
    if (!changed) {
      return null;
    }
    if (!open) {
      outsideHours++;
      return null;
    }
    bars.tick(millis, last.e4(), growth);
    if (!nothingMissed) {
      bars.incomplete(millis);
    }
    return tick(millis, tradeTime, last, growth);
  }

  /**
   * Takes a finished one-minute candle of the price history, in time order, before the first
   * message after the gap. A candle of a minute that the stream or an earlier candle has covered is
   * ignored; one outside hours only counts towards the day's volume.
   *
   * @return the row that it made; null when it made none
   */
  public @Nullable SecondRow fill(Bar candle) {
    Instant start = candle.start();
    Instant covered = coveredUntil();
    if (covered != null && start.isBefore(covered)) {
      return null;
    }
    if (!usable(candle.close(), candle.volume(), start)) {
      unusable++;
      return null;
    }
    candles++;
    coveredUntil = start.plus(CANDLE);
    LocalDate candleDate = rules.calendar().dateOf(start);
    if (!candleDate.equals(gapDate)) {
      gapDate = candleDate;
      gapVolume = 0;
    }
    gapVolume = Math.addExact(gapVolume, candle.volume());
    lastPrice = candle.close();
    if (!rules.calendar().isOpen(start, rules.hours())) {
      return null;
    }
    average.addBar(start, candle.close());
    vwap.add(start, candle.close(), candle.volume());
    SecondRow row = row(candle, average.valueE4(), vwap, holes.isEmpty() ? null : lacking());
    rows.addCandle(row);
    bars.candle(candle);
    return row;
  }

  /** Takes all candles of what was missed; see {@link #fill}. */
  public Repair fillAll(List<Bar> missed) {
    Repair.Values before = values();
    long candlesBefore = candles;
    List<SecondRow> made = new ArrayList<>();
    long volume = 0;
    for (Bar candle : missed) {
      long count = candles;
      SecondRow row = fill(candle);
      if (row != null) {
        made.add(row);
      }
      if (candles > count) {
        volume = Math.addExact(volume, candle.volume());
      }
    }
    return new Repair(made, null, (int) (candles - candlesBefore), volume, before, values());
  }

  /**
   * Notes that the candles of these minutes are not to be had now and that the stream goes on
   * without them. Until {@link #repair} or until they matter no more, rows are not complete.
   *
   * @param gap its id in the ledger
   * @param from start of the first minute
   * @param to end of the last minute
   * @param extended whether candles outside the regular session are wanted
   */
  public void leaveOpen(UUID gap, Instant from, Instant to, boolean extended) {
    List<UUID> others = holes.stream().map(Hole::gap).toList();
    holes.add(new Hole(gap, from, to, extended, true, others, average.state(), vwap.state(), null));
  }

  /** Notes that the candles of this gap will not come. */
  public void giveUp(UUID gap) {
    holes.replaceAll(hole -> hole.gap().equals(gap) ? hole.givenUp() : hole);
  }

  /** Forgets a gap that another one takes the place of; no message has come since it. */
  public void forget(UUID gap) {
    holes.removeIf(hole -> hole.gap().equals(gap));
  }

  /** The minutes whose candles have not come, oldest first. */
  public List<Hole> holes() {
    return List.copyOf(holes);
  }

  /** Whether a message came since this gap was left open. */
  public boolean streamedSince(UUID gap) {
    return holes.stream().anyMatch(hole -> hole.gap().equals(gap) && hole.first() != null);
  }

  /**
   * Takes the candles of a gap that was left open, oldest first, and restates this feed as if they
   * had come before the first message after it. The minute of that message is not filled.
   *
   * @throws IllegalArgumentException when this gap is not open here
   */
  public Repair repair(UUID gap, List<Bar> late) {
    Hole hole =
        holes.stream()
            .filter(each -> each.gap().equals(gap))
            .findFirst()
            .orElseThrow(() -> new IllegalArgumentException("No such gap: " + gap));
    holes.remove(hole);
    Hole.First first = hole.first();
    if (first == null) {
      holes.replaceAll(each -> without(each, gap));
      return fillAll(late);
    }
    Repair.Values before = values();
    List<Bar> wanted =
        late.stream()
            .filter(
                candle ->
                    !candle.start().isBefore(hole.from())
                        && candle.start().isBefore(hole.wantedUntil())
                        && usable(candle.close(), candle.volume(), candle.start()))
            .toList();
    candles += wanted.size();
    LocalDate firstDate = rules.calendar().dateOf(first.time());
    long volume = 0;
    long sameDay = 0;
    for (Bar candle : wanted) {
      volume = Math.addExact(volume, candle.volume());
      if (rules.calendar().dateOf(candle.start()).equals(firstDate)) {
        sameDay = Math.addExact(sameDay, candle.volume());
      }
      Instant end = candle.start().plus(CANDLE);
      coveredUntil = coveredUntil == null || end.isAfter(coveredUntil) ? end : coveredUntil;
    }
    Restatement restatement =
        new Restatement(
            ticker,
            gap,
            wanted.stream()
                .filter(candle -> rules.calendar().isOpen(candle.start(), rules.hours()))
                .toList(),
            first,
            Math.min(first.growth(), sameDay));
    List<SecondRow> made = candleRows(hole, restatement);
    rows.restate(restatement);
    bars.restate(restatement);
    made.forEach(rows::addCandle);
    restatement.candles().forEach(bars::candle);
    restatement.candles().forEach(candle -> average.addBar(candle.start(), candle.close()));
    vwap = SessionVwap.restore(rules.calendar(), rules.hours(), with(vwap.state(), restatement));
    holes.replaceAll(each -> restated(each, restatement));
    return new Repair(made, restatement, wanted.size(), volume, before, values());
  }

  /** The stream is not proven complete from the newest message to the next one. */
  public void interrupted() {
    interrupted = true;
  }

  /** The bars that changed since {@link #barsTaken}, as they stand. */
  public List<MinuteBar> changedBars() {
    return bars.changed();
  }

  /** What {@link #changedBars} gave is taken. */
  public void barsTaken() {
    bars.taken();
  }

  /** From when on the stream and candles have covered nothing; null when they never covered any. */
  public @Nullable Instant coveredUntil() {
    Instant streamed =
        date == null
            ? null
            : Instant.ofEpochMilli(
                (Math.floorDiv(newestMillis, CANDLE.toMillis()) + 1) * CANDLE.toMillis());
    Instant filled = coveredUntil;
    if (streamed == null || filled == null) {
      return streamed == null ? filled : streamed;
    }
    return filled.isAfter(streamed) ? filled : streamed;
  }

  /** The newest trade time met; null before the first message ever. */
  public @Nullable Instant newestTrade() {
    return date == null ? null : Instant.ofEpochMilli(newestMillis);
  }

  /** The newest price taken from a message or a candle; null before the first. */
  public @Nullable Price lastPrice() {
    return lastPrice;
  }

  /** All that is needed to go on. */
  public TickerState state() {
    return new TickerState(
        date,
        volumeKnown ? dayVolume : null,
        continuesPrevious,
        newestTrade(),
        lastPrice,
        coveredUntil,
        gapDate,
        gapVolume,
        average.state(),
        vwap.state(),
        holes);
  }

  /** What was met since the start. */
  public FeedCounts counts() {
    return new FeedCounts(
        ticks, outsideHours, stale, corrections, late, lateBeyondWindow, unusable, candles);
  }

  private SecondRow tick(long millis, Instant tradeTime, Price price, long growth) {
    ticks++;
    long second = tradeTime.getEpochSecond();
    if (rows.late(second)) {
      late++;
      if (rows.beyond(second)) {
        lateBeyondWindow++;
      }
    }
    average.add(tradeTime, price);
    vwap.add(tradeTime, price, growth);
    return rows.add(
        millis, price, growth, average.valueE4(), vwap, holes.isEmpty() ? null : lacking());
  }

  private Repair.Values values() {
    return new Repair.Values(average.valueE4(), vwap.valueE4());
  }

  private SecondRow row(
      Bar candle, OptionalLong sma9, SessionVwap value, @Nullable ExactSums sums) {
    return new SecondRow(
        ticker,
        candle.start().getEpochSecond() + CANDLE_CLOSE_SECONDS,
        candle.close(),
        candle.volume(),
        sma9,
        value.valueE4(),
        SecondRow.Source.BACKFILL,
        sums,
        value.volume(),
        value.restE4());
  }

  /** The rows of late candles, valued as they would have been at the time. */
  private List<SecondRow> candleRows(Hole hole, Restatement restatement) {
    MovingAverage then = MovingAverage.restore(hole.average());
    SessionVwap session = SessionVwap.restore(rules.calendar(), rules.hours(), hole.vwap());
    List<UUID> others =
        hole.others().stream()
            .filter(other -> holes.stream().anyMatch(each -> each.gap().equals(other)))
            .toList();
    List<SecondRow> made = new ArrayList<>();
    for (Bar candle : restatement.candles()) {
      then.addBar(candle.start(), candle.close());
      session.add(candle.start(), candle.close(), candle.volume());
      made.add(
          row(
              candle,
              then.valueE4(),
              session,
              others.isEmpty() ? null : new ExactSums(others, then.state(), session.state())));
    }
    return made;
  }

  /** The first message after holes: with it enters the volume that their candles would have had. */
  private void enters(Hole.First message) {
    // Of several that wait for it only the newest can have any: candles filled the others.
    holes.replaceAll(hole -> hole.first() == null ? hole.with(message) : hole);
  }

  /** What the present values lack, with their sums; null when that is nothing any more. */
  private @Nullable ExactSums lacking() {
    MovingAverage.State window = average.state();
    SessionVwap.State sums = vwap.state();
    List<UUID> gaps = new ArrayList<>();
    boolean inWindow = false;
    for (int i = holes.size() - 1; i >= 0; i--) {
      Hole hole = holes.get(i);
      boolean inAverage = hole.touches(window);
      if (inAverage || hole.touches(sums)) {
        gaps.addFirst(hole.gap());
        inWindow |= inAverage;
      } else if (!hole.open()) {
        holes.remove(i);
      }
    }
    return gaps.isEmpty() ? null : new ExactSums(gaps, inWindow ? window : null, sums);
  }

  private SessionVwap.State with(SessionVwap.State sums, Restatement restatement) {
    SessionVwap session = SessionVwap.restore(rules.calendar(), rules.hours(), sums);
    restatement
        .candles()
        .forEach(candle -> session.add(candle.start(), candle.close(), candle.volume()));
    return restatement.withoutCovered(session.state());
  }

  /** What stood before a later hole, with the candles of an earlier one. */
  private Hole restated(Hole hole, Restatement restatement) {
    if (!hole.others().contains(restatement.gap())) {
      return hole;
    }
    MovingAverage then = MovingAverage.restore(hole.average());
    restatement.candles().forEach(candle -> then.addBar(candle.start(), candle.close()));
    return new Hole(
        hole.gap(),
        hole.from(),
        hole.to(),
        hole.extended(),
        hole.open(),
        hole.others().stream().filter(other -> !other.equals(restatement.gap())).toList(),
        then.state(),
        with(hole.vwap(), restatement),
        hole.first());
  }

  private static Hole without(Hole hole, UUID gap) {
    return new Hole(
        hole.gap(),
        hole.from(),
        hole.to(),
        hole.extended(),
        hole.open(),
        hole.others().stream().filter(other -> !other.equals(gap)).toList(),
        hole.average(),
        hole.vwap(),
        hole.first());
  }

  /** What the message's total is compared with; candles since the message before included. */
  private long base(long total, Instant tradeTime, boolean sameDate, LocalDate messageDate) {
    boolean nothingStored = sameDate ? !volumeKnown : !running;
    if (nothingStored) {
      return total;
    }
    long counted = 0;
    if (sameDate ? !startsAnew(total, tradeTime) : stillPrevious(total, tradeTime)) {
      counted = dayVolume;
    }
    return counted + (messageDate.equals(gapDate) ? gapVolume : 0);
  }

  /** Whether the count, until now the previous date's, begins with this message. */
  private boolean startsAnew(long total, Instant tradeTime) {
    // An older message with a lower total is stale rather than the first of a new count.
    boolean older = tradeTime.toEpochMilli() < newestMillis && total < dayVolume;
    return continuesPrevious && !older && !stillPrevious(total, tradeTime);
  }

  private boolean continues(long total, Instant tradeTime, boolean sameDate) {
    if (sameDate) {
      return continuesPrevious && stillPrevious(total, tradeTime);
    }
    return volumeKnown && stillPrevious(total, tradeTime);
  }

  private boolean stillPrevious(long total, Instant tradeTime) {
    return dayVolume > 0
        && total >= dayVolume
        && rules.calendar().timeOf(tradeTime).isBefore(COUNTS_ANEW);
  }

  /**
   * The second of the newest message says when its row's last tick was; others are taken as full.
   */
  private long lastTickMillis(SecondRow row) {
    return Math.floorDiv(newestMillis, 1_000L) == row.second()
        ? newestMillis
        : row.second() * 1_000L + 999;
  }

  private static boolean usable(Price price, @Nullable Long volume, Instant time) {
    return price.e4() > 0
        && price.e4() <= PRICE_E4_MAX
        && (volume == null || volume >= 0)
        && !time.isBefore(TIME_MIN)
        && time.isBefore(TIME_MAX);
  }
}
