package io.alphakite.engine.kill;

import io.alphakite.engine.kill.KillBooks.Command;
import io.alphakite.engine.order.CrashPoint;
import io.alphakite.engine.order.CrashPoints;
import io.alphakite.engine.position.PositionKeeper;
import io.alphakite.model.market.OptionSymbol;
import io.alphakite.model.market.Price;
import io.alphakite.model.order.OrderTerms;
import io.alphakite.model.order.OrderType;
import io.alphakite.model.order.Side;
import io.alphakite.model.order.TimeInForce;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries a kill out: everything of ours is canceled, and when asked to, what is held is closed at
 * a limit a little through the market. It says honestly how that ended. Not thread-safe.
 */
public final class KillSwitch {

  private static final Logger log = LoggerFactory.getLogger(KillSwitch.class);
  private static final Duration LIMIT = Duration.ofSeconds(60);
  // Through the market by this much, so that it fills without being open to any price.
  private static final BigDecimal THROUGH = new BigDecimal("0.02");
  private static final int CENTS = 2;

  private final KillBooks books;
  private final String accountId;
  private final CrashPoints crash;
  private final Map<Long, Progress> begun = new HashMap<>();

  /**
   * A switch.
   *
   * @param crash is told how far it has come
   */
  public KillSwitch(KillBooks books, String accountId, CrashPoints crash) {
    this.books = books;
    this.accountId = accountId;
    this.crash = crash;
  }

  private record Progress(Instant since, int canceled, int closing) {}

  /** Goes on with every command that is not done; whether one is under way. */
  public boolean work(Instant now) {
    List<Command> commands = books.undone();
    for (Command command : commands) {
      Progress progress = begun.get(command.id());
      if (progress == null) {
        progress = begin(command, now);
      }
      progress = advance(command, progress, now);
      begun.put(command.id(), progress);
    }
    books.cancelExits(accountId);
    return !commands.isEmpty();
  }

  private Progress begin(Command command, Instant now) {
    int canceled = books.cancelAll(accountId);
    crash.at(CrashPoint.C22);
    log.atWarn()
        .addKeyValue("event", "kill.begun")
        .addKeyValue("flatten", command.flatten())
        .log("Trading halted by a person; {} order(s) to cancel", canceled);
    return new Progress(now, canceled, 0);
  }

  private Progress advance(Command command, Progress progress, Instant now) {
    boolean late = Duration.between(progress.since(), now).compareTo(LIMIT) > 0;
    int open = books.openOrders(accountId);
    if (open > 0 && !late) {
      return progress;
    }
    if (!command.flatten()) {
      finish(command, open == 0 ? canceled(progress) : "not all canceled: " + open + " still open");
      return progress;
    }
    List<PositionKeeper.Held> held = books.held(accountId);
    if (held.isEmpty()) {
      finish(command, canceled(progress) + ", flat");
      return progress;
    }
    if (late) {
      finish(command, notFlat(held, open));
      return progress;
    }
    if (progress.closing() > 0 || books.flattening(command.id())) {
      return progress;
    }
    List<OrderTerms> orders =
        held.stream().filter(each -> free(each) > 0).map(this::closing).toList();
    if (orders.isEmpty()) {
      return progress;
    }
    books.close(command.id(), orders);
    crash.at(CrashPoint.C22);
    return new Progress(progress.since(), progress.canceled(), orders.size());
  }

  /** What no order placed elsewhere is about to close: more would be denied, and nothing closed. */
  private long free(PositionKeeper.Held held) {
    return Math.abs(held.quantity()) - elsewhere(held);
  }

  private long elsewhere(PositionKeeper.Held held) {
    return books.elsewhere(accountId, held.symbol(), held.quantity() > 0);
  }

  private String notFlat(List<PositionKeeper.Held> held, int open) {
    String elsewhere =
        held.stream()
            .filter(each -> elsewhere(each) > 0)
            .map(PositionKeeper.Held::symbol)
            .collect(Collectors.joining(", "));
    return "not flat: "
        + held.size()
        + " position(s) left, "
        + open
        + " order(s) open"
        + (elsewhere.isEmpty() ? "" : ", orders placed elsewhere close " + elsewhere);
  }

  private static String canceled(Progress progress) {
    return progress.canceled() + " order(s) canceled";
  }

  private void finish(Command command, String outcome) {
    books.done(command.id(), outcome);
    begun.remove(command.id());
    log.atWarn().addKeyValue("event", "kill.done").log("Kill done: {}", outcome);
  }

  private OrderTerms closing(PositionKeeper.Held held) {
    boolean option = !held.symbol().equals(held.ticker().symbol());
    boolean selling = held.quantity() > 0;
    Side side =
        option
            ? (selling ? Side.SELL_TO_CLOSE : Side.BUY_TO_CLOSE)
            : (selling ? Side.SELL : Side.BUY_TO_COVER);
    Price limit = option ? null : limit(books.quoted(held.ticker(), selling), selling);
    return new OrderTerms(
        held.ticker(),
        option ? OptionSymbol.parse(held.symbol()) : null,
        side,
        free(held),
        limit == null ? OrderType.MARKET : OrderType.LIMIT,
        limit,
        null,
        TimeInForce.DAY);
  }

  private static @Nullable Price limit(@Nullable Price quoted, boolean selling) {
    if (quoted == null) {
      return null;
    }
    BigDecimal factor = selling ? BigDecimal.ONE.subtract(THROUGH) : BigDecimal.ONE.add(THROUGH);
    BigDecimal price =
        quoted
            .toBigDecimal()
            .multiply(factor)
            .setScale(CENTS, selling ? RoundingMode.FLOOR : RoundingMode.CEILING);
    return price.signum() > 0 ? Price.of(price) : null;
  }
}
