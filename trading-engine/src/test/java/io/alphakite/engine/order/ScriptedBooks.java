package io.alphakite.engine.order;

import io.alphakite.engine.control.TradingState;
import io.alphakite.engine.risk.Market;
import io.alphakite.engine.risk.Origin;
import io.alphakite.engine.torture.MemoryBooks;
import io.alphakite.model.market.Price;
import io.alphakite.model.market.Ticker;
import io.alphakite.model.order.OrderTerms;
import io.alphakite.model.order.TradeStatus;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The books in memory, under which a test decides what goes wrong and when. */
final class ScriptedBooks extends MemoryBooks implements OrderStore {

  final List<String> answers = new ArrayList<>();
  // The write that ends with this event commits, and then throws as if its answer were lost.
  @Nullable String loseCommitAnswerOf;
  boolean failNextCommit;
  Runnable beforeRead = () -> {};
  Runnable afterLook = () -> {};
  // Tickers for which nothing is bid.
  final Set<Ticker> noBid = new HashSet<>();
  @Nullable BigDecimal dayPnl;
  // The engine's process is gone: nothing of it writes any more.
  boolean gone;
  private int asked;
  private int changes;
  private int decisions;

  /** Committed, but nobody was told. */
  static final class LostAnswer extends RuntimeException {}

  @Override
  public <T> T write(Function<Ledger, T> work) {
    if (gone) {
      throw new FakeBroker.Crash();
    }
    T result =
        transact(
            () -> {
              T done = work.apply(this);
              if (failNextCommit) {
                failNextCommit = false;
                throw new IllegalStateException("commit failed");
              }
              return done;
            });
    if (loseCommitAnswerOf != null && newest().event().equals(loseCommitAnswerOf)) {
      loseCommitAnswerOf = null;
      throw new LostAnswer();
    }
    return result;
  }

  @Override
  public <T> T read(Function<Ledger, T> work) {
    beforeRead.run();
    return work.apply(this);
  }

  @Override
  public Circumstances circumstances(OrderIntent intent, Instant wallNow, Instant marketNow) {
    Circumstances seen = super.circumstances(intent, wallNow, marketNow);
    afterLook.run();
    return seen;
  }

  @Override
  protected Market market(OrderTerms terms, Instant marketNow) {
    String bid = noBid.contains(terms.ticker()) ? "0" : "167.39";
    return new Market(Price.of(bid), Price.of("167.41"), marketNow, marketNow, true, null, false);
  }

  @Override
  protected Set<String> streamed() {
    return Set.of("SPY", "IBM");
  }

  @Override
  protected BigDecimal dayPnl(LocalDate date) {
    return Objects.requireNonNullElseGet(dayPnl, () -> super.dayPnl(date));
  }

  @Override
  public void answer(UUID resolutionId, boolean accepted, String text, Instant wallNow) {
    super.answer(resolutionId, accepted, text, wallNow);
    answers.add((accepted ? "yes: " : "no: ") + text);
  }

  UUID ask(Origin origin, OrderTerms terms, Instant now) {
    return ask(new UUID(1, asked++), origin, terms, now);
  }

  UUID change(UUID trade, @Nullable String limit, @Nullable Long quantity, Instant now) {
    UUID id = new UUID(2, changes++);
    change(new OrderChange(id, trade, limit == null ? null : Price.of(limit), null, quantity, now));
    return id;
  }

  /** A person decides; the answer is in {@link #answers}. */
  void resolve(UUID intent, Resolution.Verdict verdict, String evidence, Instant now) {
    resolve(new Resolution(new UUID(3, decisions++), intent, verdict, evidence, "Ann", now));
  }

  void halt() {
    set(TradingState.HALTED, "a person said so");
  }

  TradeStatus status(UUID trade) {
    return trade(trade).status();
  }

  long filled(UUID trade) {
    return trade(trade).filled();
  }

  OrderTerms terms(UUID trade) {
    return trade(trade).terms();
  }

  String reason(UUID trade) {
    return String.valueOf(trade(trade).reason());
  }

  List<UUID> external() {
    return trades().stream()
        .filter(trade -> trade.origin() == Origin.EXTERNAL)
        .map(TradeRow::id)
        .toList();
  }

  /** What positions lack, by the trades of their entries. */
  Map<UUID, String> unprotected() {
    Map<UUID, String> lacks = new HashMap<>();
    for (TradeRow trade : trades()) {
      String unprotected = said(trade.id()).unprotected();
      if (unprotected != null) {
        lacks.put(trade.id(), unprotected);
      }
    }
    return lacks;
  }

  /** Entries whose exits have nothing left to close. */
  List<UUID> over() {
    return trades().stream().map(TradeRow::id).filter(trade -> said(trade).over()).toList();
  }

  OrderIntent last(UUID trade) {
    return attempts(trade).getLast();
  }

  List<String> events() {
    return journal().stream().map(Event::event).toList();
  }

  private Event newest() {
    return journal().getLast();
  }

  /** What the newest event with this name rests on. */
  Map<String, Object> facts(String event) {
    return journal().reversed().stream()
        .filter(each -> each.event().equals(event))
        .findFirst()
        .orElseThrow()
        .facts();
  }

  /** What became of a change: why nothing was attempted, or how the attempt stands. */
  String how(UUID change) {
    ChangeRow row = changed(change);
    if (row.attempt() == null) {
      return String.valueOf(row.reason());
    }
    OrderIntent intent = intent(row.attempt());
    return intent.state() + (intent.detail() == null ? "" : " " + intent.detail());
  }
}
