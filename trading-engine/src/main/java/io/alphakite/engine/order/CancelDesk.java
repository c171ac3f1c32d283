package io.alphakite.engine.order;

import io.alphakite.engine.broker.Broker;
import io.alphakite.engine.broker.CancelOutcome;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the broker to cancel what somebody wants canceled, again and again until the order is over.
 * That it is canceled only the broker's listing says; a fill that comes first counts.
 *
 * <p>Not thread-safe: one thread works.
 */
public final class CancelDesk {

  private static final Logger log = LoggerFactory.getLogger(CancelDesk.class);
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(15);

  private final OrderStore store;
  private final Broker broker;
  private final EngineClock clock;
  private final CrashPoints crash;
  private Map<UUID, Asked> asked = new HashMap<>();

  public CancelDesk(OrderStore store, Broker broker, EngineClock clock, CrashPoints crash) {
    this.store = store;
    this.broker = broker;
    this.clock = clock;
    this.crash = crash;
  }

  /**
   * What was asked for an order.
   *
   * @param told of what kind the last answer in the journal is; null when there is none
   */
  private record Asked(int times, Instant againAt, @Nullable Class<? extends CancelOutcome> told) {}

  private record Answer(
      UUID intent, Class<? extends CancelOutcome> kind, Map<String, Object> facts, Instant at) {}

  /** Asks for what is due; returns how many it asked for. */
  public int work() {
    Instant now = clock.wall();
    List<OrderIntent> wanted = store.read(Ledger::cancelsWanted);
    Map<UUID, Asked> still = new HashMap<>();
    List<Answer> news = new ArrayList<>();
    int count = 0;
    for (OrderIntent intent : wanted) {
      Asked before = asked.get(intent.id());
      if (before != null && now.isBefore(before.againAt())) {
        still.put(intent.id(), before);
        continue;
      }
      if (before == null) {
        show(intent.id());
      }
      String order = intent.brokerOrderId();
      if (order != null) {
        long start = clock.nanos();
        CancelOutcome outcome = ask(intent, order);
        Class<? extends CancelOutcome> told = before == null ? null : before.told();
        if (outcome.getClass() != told) {
          Map<String, Object> facts = ExchangeFacts.canceled(order, outcome, clock.nanos() - start);
          news.add(new Answer(intent.id(), outcome.getClass(), facts, clock.wall()));
        }
        int times = before == null ? 1 : before.times() + 1;
        still.put(intent.id(), new Asked(times, now.plus(wait(times)), told));
      }
      count++;
    }
    asked = still;
    tell(news);
    return count;
  }

  /** Written when all are sent; an answer of the kind told before is not written again. */
  private void tell(List<Answer> news) {
    if (news.isEmpty()) {
      return;
    }
    store.write(
        ledger -> {
          for (Answer answer : news) {
            OrderIntent intent = ledger.intent(answer.intent());
            ledger.update(intent, "order.cancel_answered", answer.facts(), answer.at());
          }
          return news.size();
        });
    for (Answer answer : news) {
      asked.computeIfPresent(
          answer.intent(), (_, one) -> new Asked(one.times(), one.againAt(), answer.kind()));
    }
  }

  private void show(UUID id) {
    store.write(
        ledger -> {
          ledger.update(ledger.intent(id), "order.cancel_requested", clock.wall());
          return id;
        });
  }

  private CancelOutcome ask(OrderIntent intent, String brokerOrderId) {
    CancelOutcome outcome = broker.cancel(brokerOrderId);
    crash.at(CrashPoint.C20);
    switch (outcome) {
      case CancelOutcome.Requested() ->
          log.atInfo()
              .addKeyValue("event", "order.cancel_sent")
              .addKeyValue("ticker", intent.terms().ticker())
              .addKeyValue("trade", intent.tradeId())
              .log("Cancel requested");
      case CancelOutcome.Refused(String reason) ->
          log.atInfo()
              .addKeyValue("event", "order.cancel_refused")
              .addKeyValue("trade", intent.tradeId())
              .log("The broker will not cancel: {}", reason);
      case CancelOutcome.Unconfirmed(String reason) ->
          log.atWarn()
              .addKeyValue("event", "order.cancel_unconfirmed")
              .addKeyValue("trade", intent.tradeId())
              .log("The cancel got no answer and is repeated: {}", reason);
    }
    return outcome;
  }

  private static Duration wait(int times) {
    Duration wait = Duration.ofSeconds(1L << Math.min(times - 1, 4));
    return wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait;
  }
}
