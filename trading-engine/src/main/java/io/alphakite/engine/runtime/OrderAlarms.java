package io.alphakite.engine.runtime;

import io.alphakite.engine.broker.OrderReport;
import io.alphakite.engine.order.BracketWatch;
import io.alphakite.engine.order.OrderIntent;
import io.alphakite.engine.order.OrderState;
import io.alphakite.engine.order.Reconciler;
import io.alphakite.engine.risk.RiskGate;
import io.alphakite.platform.alert.Alarm;
import io.alphakite.platform.alert.AlertBook;
import io.alphakite.platform.alert.Severity;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Tells a person of orders whose fate is not known: a warning after 10 s, critical after 30 s and
 * when it waits for a person, of orders that turned up after they were said not to exist, of
 * positions without the exits that were asked for, and of positions that the broker has otherwise.
 */
final class OrderAlarms {

  /** What is looked for. */
  static final Set<OrderState> STATES = EnumSet.of(OrderState.UNKNOWN, OrderState.UNRESOLVED);

  private static final Duration WARNING = Duration.ofSeconds(10);
  private static final Duration CRITICAL = Duration.ofSeconds(30);
  // A person has to look at it; what it does to positions shows by itself.
  private static final Duration TURNED_UP = Duration.ofHours(1);

  private final JdbcClient jdbc;
  private final AlertBook book;
  private final Supplier<List<String>> incompatible;

  /**
   * Alarms.
   *
   * @param incompatible which services do not fit together, a sentence each
   */
  OrderAlarms(JdbcClient jdbc, AlertBook book, Supplier<List<String>> incompatible) {
    this.jdbc = jdbc;
    this.book = book;
    this.incompatible = incompatible;
  }

  /**
   * These orders are of unknown fate now, and no others of the account.
   *
   * @param unsupported orders placed elsewhere that work and cannot be shown
   */
  void hold(
      String accountId,
      Collection<OrderIntent> doubtful,
      Collection<OrderReport> unsupported,
      Instant now) {
    List<Alarm> alarms = new ArrayList<>(of(doubtful, now));
    Map<String, String> strange = unsupported(unsupported);
    strange.forEach(
        (ticker, orders) ->
            alarms.add(
                new Alarm(
                    "foreign_order_unsupported",
                    Severity.WARNING,
                    ticker,
                    "The broker works an order that cannot be shown here: "
                        + orders
                        + ". What it buys or sells is counted nowhere.",
                    "Look at the broker's own page before you place another order in it.")));
    alarms.addAll(turnedUp(accountId, now));
    alarms.addAll(bothOpen(accountId));
    alarms.addAll(overfills(accountId, now));
    alarms.addAll(oversells(accountId));
    alarms.addAll(unprotected(accountId, strange));
    alarms.addAll(differences(accountId, now));
    alarms.addAll(lossLimit(accountId));
    alarms.addAll(haltFile());
    alarms.addAll(misfits());
    book.hold(alarms);
  }

  /** The alarms that orders of unknown fate are cause for; one of a kind for each ticker. */
  static List<Alarm> of(Collection<OrderIntent> doubtful, Instant now) {
    List<Alarm> alarms = new ArrayList<>();
    Map<String, List<OrderIntent>> unresolved = tickers(doubtful, OrderState.UNRESOLVED);
    int waiting = unresolved.values().stream().mapToInt(List::size).sum();
    if (waiting >= RiskGate.MAX_UNRESOLVED) {
      alarms.add(
          new Alarm(
              "orders_unresolved",
              Severity.CRITICAL,
              waiting + " orders wait for a person: no order that adds risk is sent.",
              "Resolve them: ./kite orders unresolved"));
    }
    unresolved.forEach(
        (ticker, orders) ->
            alarms.add(
                new Alarm(
                    "order_unresolved",
                    Severity.CRITICAL,
                    ticker,
                    told(orders) + ": a person has to say whether the broker has it.",
                    "Look at the broker's own page, then ./kite orders resolve")));
    tickers(doubtful, OrderState.UNKNOWN)
        .forEach(
            (ticker, orders) -> {
              Duration waited = waited(orders, now);
              if (waited.compareTo(WARNING) >= 0) {
                boolean long30 = waited.compareTo(CRITICAL) >= 0;
                alarms.add(
                    new Alarm(
                        "order_unknown",
                        long30 ? Severity.CRITICAL : Severity.WARNING,
                        ticker,
                        told(orders)
                            + (long30 ? ": not known for over 30 s" : ": not known for over 10 s")
                            + " whether the broker has it; its listing is searched.",
                        null));
              }
            });
    return alarms;
  }

  private List<Alarm> turnedUp(String accountId, Instant now) {
    return jdbc.sql(
            """
            SELECT t.ticker, string_agg(e.broker_order_id, ', ' ORDER BY e.id) AS orders
            FROM engine.order_events e JOIN trades t ON t.id = e.trade_id
            WHERE e.event = 'order.turned_up' AND e.account_id = :account AND e.at > :since
            GROUP BY t.ticker ORDER BY t.ticker
            """)
        .param("account", accountId)
        .param("since", now.minus(TURNED_UP).atOffset(ZoneOffset.UTC))
        .query(
            (row, number) ->
                new Alarm(
                    "order_turned_up",
                    Severity.CRITICAL,
                    row.getString("ticker"),
                    "An order that was said not to exist is at the broker: "
                        + row.getString("orders")
                        + ". It belongs to its trade again.",
                    "Look at the position, and cancel what is not wanted any more."))
        .list();
  }

  /** A replaced order and the one in its place: together they may fill twice what was wanted. */
  private List<Alarm> bothOpen(String accountId) {
    return jdbc.sql(
            """
            SELECT t.ticker, string_agg(o.broker_order_id || ' and ' || i.broker_order_id, ', ') AS orders
            FROM engine.order_intents i JOIN engine.order_intents o ON o.id = i.replaces
            JOIN trades t ON t.id = i.trade_id
            WHERE i.account_id = :account AND i.claimed_at IS NOT NULL AND i.detail = :detail
              AND i.state IN ('ACKED', 'WORKING', 'PARTIAL') AND o.state IN ('ACKED', 'WORKING', 'PARTIAL')
            GROUP BY t.ticker ORDER BY t.ticker
            """)
        .param("account", accountId)
        .param("detail", Reconciler.BOTH_OPEN)
        .query(
            (row, number) ->
                new Alarm(
                    "orders_both_open",
                    Severity.CRITICAL,
                    row.getString("ticker"),
                    "A changed order is open beside the one it replaced: "
                        + row.getString("orders")
                        + ". Both may fill.",
                    "Cancel the trade, or one of them on the broker's own page."))
        .list();
  }

  /** Orders that filled while they were changed. */
  private List<Alarm> overfills(String accountId, Instant now) {
    return jdbc.sql(
            """
            SELECT t.ticker, string_agg(replace(t.side, '_', ' ') || ' ' || coalesce(t.option_symbol, t.ticker)
                || ' may fill ' || (e.facts ->> 'excess') || ' more than asked for', '; ' ORDER BY e.id) AS how
            FROM engine.order_events e JOIN trades t ON t.id = e.trade_id
            WHERE e.event = 'order.change_overfills' AND e.account_id = :account AND e.at > :since
            GROUP BY t.ticker ORDER BY t.ticker
            """)
        .param("account", accountId)
        .param("since", now.minus(TURNED_UP).atOffset(ZoneOffset.UTC))
        .query(
            (row, number) ->
                new Alarm(
                    "change_overfills",
                    Severity.CRITICAL,
                    row.getString("ticker"),
                    "An order filled while it was changed: " + row.getString("how") + '.',
                    "Look at the position, and cancel what is not wanted any more."))
        .list();
  }

  /** Closing orders of ours that open a position in the other direction when all of them fill. */
  private List<Alarm> oversells(String accountId) {
    return jdbc.sql(
            """
            SELECT t.ticker, string_agg(substr(i.detail, :begin), '; ' ORDER BY i.created_at, i.id) AS how
            FROM engine.order_intents i JOIN trades t ON t.id = i.trade_id
            WHERE i.account_id = :account AND i.state IN ('ACKED', 'WORKING', 'PARTIAL')
              AND starts_with(i.detail, :oversells)
            GROUP BY t.ticker ORDER BY t.ticker
            """)
        .param("account", accountId)
        .param("begin", BracketWatch.OVERSELLS.length() + 1)
        .param("oversells", BracketWatch.OVERSELLS)
        .query(
            (row, number) ->
                new Alarm(
                    "exits_exceed_position",
                    Severity.CRITICAL,
                    row.getString("ticker"),
                    row.getString("how") + '.',
                    "Cancel what is too much, or cancel the exits and place a stop for what is"
                        + " held."))
        .list();
  }

  /** The ids of the orders, by ticker. */
  private static Map<String, String> unsupported(Collection<OrderReport> orders) {
    Map<String, String> ids = new TreeMap<>();
    for (OrderReport order : orders) {
      order.fingerprint().symbols().stream()
          .map(symbol -> symbol.length() == 21 ? symbol.substring(0, 6).stripTrailing() : symbol)
          .distinct()
          .forEach(ticker -> ids.merge(ticker, order.id(), (some, one) -> some + ", " + one));
    }
    return ids;
  }

  private List<Alarm> unprotected(String accountId, Map<String, String> unsupported) {
    return jdbc.sql(
            """
            SELECT ticker, string_agg(unprotected, '; ' ORDER BY created_at, id) AS lacks,
                   bool_and(right(unprotected, length(:wait)) = :wait) AS wait
            FROM trades
            WHERE account_id = :account AND unprotected IS NOT NULL
              AND unprotected IS DISTINCT FROM unprotected_accepted
              AND num_nonnulls(take_profit, stop_loss) > 0 AND filled_quantity > 0 AND bracket_over_at IS NULL
            GROUP BY ticker ORDER BY ticker
            """)
        .param("account", accountId)
        .param("wait", BracketWatch.EXITS_WAIT)
        .query(
            (row, number) ->
                new Alarm(
                    "position_unprotected",
                    row.getBoolean("wait") ? Severity.WARNING : Severity.CRITICAL,
                    row.getString("ticker"),
                    "A position is without the exits that were asked for: "
                        + row.getString("lacks")
                        + '.'
                        + mayProtect(unsupported.get(row.getString("ticker"))),
                    row.getBoolean("wait")
                        ? "Wait, or cancel what is left of the entry, then place a stop for what"
                            + " is held."
                        : "Place a stop for that quantity, or close the position. An exit that"
                            + " still works has to be canceled first. What is meant so, accept at"
                            + " the trade."))
        .list();
  }

  /** What closes one of them goes on working, and may close more than the broker holds. */
  private List<Alarm> differences(String accountId, Instant now) {
    return jdbc.sql(
            """
            SELECT d.ticker, string_agg('The broker holds ' || d.theirs || ' ' || d.symbol || ', we have ' || d.ours
                || coalesce('; these close it if they trade: ' || w.orders, '') || '.', ' ' ORDER BY d.symbol) AS says
            FROM (SELECT *, CASE WHEN length(symbol) = 21 THEN rtrim(left(symbol, 6)) ELSE symbol END AS ticker
                  FROM engine.position_differences WHERE account_id = :account AND since <= :since) d
            CROSS JOIN LATERAL (
                SELECT string_agg(i.broker_order_id, ', ' ORDER BY i.id) AS orders
                FROM engine.order_intents i JOIN trades t ON t.id = i.trade_id
                WHERE i.account_id = d.account_id AND i.state IN ('ACKED', 'WORKING', 'PARTIAL')
                  AND coalesce(t.option_symbol, t.ticker) = d.symbol
                  AND t.side IN ('sell', 'buy_to_cover', 'sell_to_close', 'buy_to_close')) w
            GROUP BY d.ticker ORDER BY d.ticker
            """)
        .param("account", accountId)
        .param("since", now.minus(CRITICAL).atOffset(ZoneOffset.UTC))
        .query(
            (row, number) ->
                new Alarm(
                    "position_mismatch",
                    Severity.CRITICAL,
                    row.getString("ticker"),
                    row.getString("says"),
                    "Compare fills, transfers and splits on the broker's own page, and cancel what"
                        + " would close more than is held there. New risk in it is denied until"
                        + " both agree."))
        .list();
  }

  private static String mayProtect(@Nullable String orders) {
    return orders == null
        ? ""
        : " The broker also works " + orders + ", which cannot be shown here and may close it.";
  }

  private List<Alarm> lossLimit(String accountId) {
    return jdbc.sql(
            """
            SELECT state_reason FROM trading_controls
            WHERE account_id = :account AND state = 'reduce_only' AND state_reason LIKE 'max_daily_loss:%'
            """)
        .param("account", accountId)
        .query(
            (row, number) ->
                new Alarm(
                    "loss_limit",
                    Severity.CRITICAL,
                    "Only orders that reduce a position are taken: " + row.getString(1),
                    "A person resumes trading when the loss is understood."))
        .list();
  }

  private List<Alarm> misfits() {
    return incompatible.get().stream()
        .limit(1)
        .map(
            misfit ->
                new Alarm(
                    "services_incompatible",
                    Severity.CRITICAL,
                    "The services do not fit together, and nobody is armed: " + misfit,
                    "Update it, then arm again."))
        .toList();
  }

  private List<Alarm> haltFile() {
    return jdbc.sql(
            """
            SELECT halt_id IS NOT NULL AS seen, halt_by, halt_at, halt_reason FROM trading_controls
            WHERE halt_id IS NOT NULL OR (state = 'halted' AND updated_at < now() - interval '10 seconds')
            """)
        .query(
            (row, number) ->
                row.getBoolean("seen")
                    ? new Alarm(
                        "halt_file",
                        Severity.CRITICAL,
                        "Nothing is sent while the halt file is there: halted by "
                            + row.getString("halt_by")
                            + " at "
                            + row.getObject("halt_at", OffsetDateTime.class).toInstant()
                            + (row.getString("halt_reason") == null ? "" : ": ")
                            + Objects.requireNonNullElse(row.getString("halt_reason"), ""),
                        "A person ends it: ./kite resume, or resume on the page.")
                    : new Alarm(
                        "halt_unwritten",
                        Severity.CRITICAL,
                        "The halt is in the database alone: the halt file cannot be written.",
                        "Look at the disk and the folder of HALT_FILE; touch the file by hand."))
        .list();
  }

  private static Map<String, List<OrderIntent>> tickers(
      Collection<OrderIntent> doubtful, OrderState state) {
    return doubtful.stream()
        .filter(intent -> intent.state() == state)
        .collect(
            Collectors.groupingBy(
                intent -> intent.terms().ticker().symbol(), TreeMap::new, Collectors.toList()));
  }

  private static Duration waited(List<OrderIntent> orders, Instant now) {
    return orders.stream()
        .map(OrderIntent::claimedAt)
        .map(claimed -> claimed == null ? Duration.ZERO : Duration.between(claimed, now))
        .max(Duration::compareTo)
        .orElse(Duration.ZERO);
  }

  private static String told(List<OrderIntent> orders) {
    return orders.stream()
        .map(
            order ->
                order.terms().side().wire().replace('_', ' ')
                    + " "
                    + order.terms().quantity()
                    + " "
                    + order.terms().symbol())
        .collect(Collectors.joining(", "));
  }
}
