package io.alphakite.engine.order.jdbc;

import io.alphakite.engine.broker.Fingerprint;
import io.alphakite.engine.order.OrderIntent;
import io.alphakite.engine.order.OrderState;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.namedparam.MapSqlParameterSource;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcOperations;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.json.JsonMapper;

/**
 * What one transaction writes of its orders: each step with its event, and where the order stands
 * then on its trade's row.
 *
 * <p>A write waits until something is read, or the transaction ends. Steps of one order that follow
 * one another then go in one round trip, and the trade's row is written with the last of them: an
 * order's way to the broker is mostly what it costs the database.
 */
final class IntentWrites {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** Steps of one order that go together at most; more go one after another. */
  private static final int TOGETHER = 4;

  private static final String INSERT =
      """
      WITH changed AS (
          INSERT INTO engine.order_intents (id, trade_id, account_id, attempt, origin, lane, fingerprint, state,
              epoch, created_at, deadline, market_deadline, broker_order_id, verified, settings_hash, build, detail,
              order_quantity, order_kind, order_limit, order_stop, order_lasts, replaces, reducing)
          VALUES (:intent, :trade, :account, :attempt, :origin, :lane, :fingerprint, :state,
              :epoch, :created, :deadline, :marketDeadline, :order, :verified, :hash, :build, :detail,
              :quantity, :kind, :limit, :stop, :lasts, :replaces, :reducing)
      """;

  // IS TRUE: no index begins with the account then. A plan made while the tables were small would
  // take such a one, and read all the account's orders for ever after.
  private static final String CHANGE =
      """
      WITH changed AS (
          UPDATE engine.order_intents SET state = :state, send_attempts = :sends, reducing = :reducing,
              epoch = :epoch, approved_at = CASE WHEN :state = 'APPROVED' THEN :now ELSE approved_at END,
              claimed_at = :claimed, baseline = :baseline, broker_order_id = :order, verified = :verified,
              filled = :filled, looks = :looks, next_look_at = :next, counted_listings = :counted,
              last_counted_at = :lastCounted, throttled = :throttled, hold_until = :hold, detail = :detail,
              order_quantity = :quantity, updated_at = :now
          WHERE id = :intent AND (account_id = :account) IS TRUE
      """;

  /** What the row must still say is the last guard before a sending. */
  private static final String CLAIM =
      """
      WITH changed AS (
          UPDATE engine.order_intents SET state = :state, send_attempts = :sends, reducing = :reducing,
              epoch = :epoch, claimed_at = :claimed, detail = :detail, updated_at = :now
          WHERE id = :intent AND (account_id = :account) IS TRUE AND state = 'APPROVED' AND send_attempts = 0
      """;

  private static final String JOURNAL =
      """
          RETURNING id)
      , event AS (
          INSERT INTO engine.order_events (account_id, intent_id, trade_id, at, event, state, filled,
              broker_order_id, detail, facts, previous_hash, hash)
          VALUES (:account, :intent, :trade, :now, :event, :state, :filled, :order, :detail, cast(:facts AS jsonb),
              '', ''))
      """;

  private static final String CHANGED = "SELECT (SELECT count(*) FROM changed) AS changed";

  private static final Pattern PARAMETER = Pattern.compile(":([a-zA-Z]+)");
  private static final Map<Together, String> TEXTS = new ConcurrentHashMap<>();

  private enum Kind {
    INSERT(IntentWrites.INSERT),
    CHANGE(IntentWrites.CHANGE),
    CLAIM(IntentWrites.CLAIM);

    private final String text;

    Kind(String text) {
      this.text = text;
    }
  }

  private enum Shown {
    /** Nothing of the trade's row yet: another step follows, or other attempts have a say. */
    NOT(CHANGED),
    YES(", " + ShownTrades.UNLESS_OTHERS + CHANGED + ", " + ShownTrades.TELL),
    WITH_REQUEST(YES.text + ShownTrades.REQUEST);

    private final String text;

    Shown(String text) {
      this.text = text;
    }
  }

  /** Which steps go together, and whether the last one shows the order on its trade's row. */
  private record Together(List<Kind> kinds, Shown shown) {

    /** Each step's parameters bear its number. */
    String text() {
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < kinds.size(); i++) {
        Shown last = i == kinds.size() - 1 ? shown : Shown.NOT;
        text.append(i == 0 ? "" : ";\n");
        text.append(
            PARAMETER.matcher(kinds.get(i).text + JOURNAL + last.text).replaceAll(":$1" + i));
      }
      return text.toString();
    }
  }

  private record Write(
      Kind kind, OrderIntent intent, String event, Map<String, @Nullable Object> values) {}

  /** What the database says of a step. */
  private record Done(long changed, boolean shown, @Nullable String request) {}

  private final NamedParameterJdbcOperations jdbc;
  private final JdbcLedger.Run run;
  private final ShownTrades trades;
  private final OrderStory story = new OrderStory();
  private final List<Write> waiting = new ArrayList<>();
  private final Map<UUID, String> requests = new HashMap<>();

  IntentWrites(NamedParameterJdbcOperations jdbc, JdbcLedger.Run run) {
    this.jdbc = jdbc;
    this.run = run;
    this.trades = new ShownTrades(JdbcClient.create(jdbc), run.accountId());
  }

  /** Which request a trade comes from, where it is known already; empty for none. */
  void comesFrom(UUID trade, String request) {
    requests.put(trade, request);
  }

  void insert(OrderIntent intent, Instant wallNow, Instant marketNow) {
    Map<String, @Nullable Object> values = values(intent, "order.new", Map.of(), wallNow);
    values.put("attempt", intent.attempt());
    values.put("origin", intent.origin().name());
    values.put("lane", intent.lane());
    values.put("fingerprint", Fingerprint.of(intent.terms()).text());
    values.put("created", Sql.time(intent.createdAt()));
    values.put("deadline", Sql.time(intent.deadline().wall()));
    values.put("marketDeadline", Sql.time(intent.deadline().market()));
    values.put("hash", run.settingsHash());
    values.put("build", run.build());
    values.put("kind", intent.terms().type().wire());
    values.put("limit", Sql.dollars(intent.terms().limitPrice()));
    values.put("stop", Sql.dollars(intent.terms().stopPrice()));
    values.put("lasts", intent.terms().timeInForce().wire());
    values.put("replaces", intent.replaces());
    values.put("marketNow", Sql.time(marketNow));
    waiting.add(new Write(Kind.INSERT, intent, "order.new", values));
  }

  void update(OrderIntent intent, String event, Map<String, Object> facts, Instant wallNow) {
    Map<String, @Nullable Object> values = values(intent, event, facts, wallNow);
    values.put("sends", intent.sends());
    values.put("claimed", Sql.time(intent.claimedAt()));
    values.put("baseline", intent.baseline().toArray(String[]::new));
    values.put("looks", intent.search().looks());
    values.put("next", Sql.time(intent.search().nextAt()));
    values.put("counted", intent.search().counted());
    values.put("lastCounted", Sql.time(intent.search().lastCountedAt()));
    values.put("throttled", intent.search().throttled());
    values.put("hold", Sql.time(intent.search().holdUntil()));
    Kind kind = intent.state() == OrderState.SENDING ? Kind.CLAIM : Kind.CHANGE;
    waiting.add(new Write(kind, intent, event, values));
  }

  private Map<String, @Nullable Object> values(
      OrderIntent intent, String event, Map<String, Object> facts, Instant wallNow) {
    Map<String, @Nullable Object> values = trades.values(intent);
    values.put("intent", intent.id());
    values.put("epoch", run.epoch());
    values.put("now", Sql.time(wallNow));
    values.put("event", event);
    values.put("state", intent.state().name());
    values.put("filled", intent.filled());
    values.put("verified", intent.verified());
    values.put("reducing", intent.reducing());
    values.put("quantity", intent.terms().quantity());
    values.put("facts", Sql.text(facts.isEmpty() ? null : JSON.writeValueAsString(facts)));
    return values;
  }

  /**
   * Writes down what waits.
   *
   * @throws IllegalStateException when an order is not where it was when a step was decided
   */
  void flush() {
    while (!waiting.isEmpty()) {
      write(next());
    }
  }

  /** The same, but for what waits of this order alone: nothing that is known of the others. */
  void flushOthers(OrderIntent intent) {
    while (waiting.stream().anyMatch(write -> !write.intent().id().equals(intent.id()))) {
      write(next());
    }
  }

  /** The steps of one order that come next. */
  private List<Write> next() {
    UUID order = waiting.getFirst().intent().id();
    List<Write> steps = new ArrayList<>();
    while (steps.size() < TOGETHER
        && !waiting.isEmpty()
        && waiting.getFirst().intent().id().equals(order)) {
      steps.add(waiting.removeFirst());
    }
    return steps;
  }

  private void write(List<Write> steps) {
    OrderIntent intent = steps.getLast().intent();
    // The row is written with the last step; the market's time is the first one's.
    @Nullable Object marketNow = steps.getFirst().values().get("marketNow");
    steps.getLast().values().put("marketNow", marketNow);
    String known = requests.get(intent.tradeId());
    Shown shown = !shownAtOnce(intent) ? Shown.NOT : known == null ? Shown.WITH_REQUEST : Shown.YES;
    List<Done> done = send(steps, shown);
    for (int i = 0; i < steps.size(); i++) {
      if (done.get(i).changed() != 1) {
        throw new IllegalStateException(
            "Order "
                + intent.id()
                + " is not where it was when "
                + steps.get(i).event()
                + " was decided");
      }
    }
    String request =
        done.getLast().shown()
            ? known == null ? done.getLast().request() : known
            : trades.show(intent.tradeId(), marketNow);
    Optional<String> told = Optional.ofNullable(request).filter(id -> !id.isEmpty());
    steps.forEach(step -> story.tell(step.event(), step.intent(), told));
  }

  /** A trade's first order stands for it while it is open, unless there are others. */
  private static boolean shownAtOnce(OrderIntent intent) {
    return intent.attempt() == 1 && intent.state().isOpen();
  }

  private List<Done> send(List<Write> steps, Shown shown) {
    Together together = new Together(steps.stream().map(Write::kind).toList(), shown);
    MapSqlParameterSource values = new MapSqlParameterSource();
    for (int i = 0; i < steps.size(); i++) {
      int number = i;
      steps.get(i).values().forEach((name, value) -> values.addValue(name + number, value));
    }
    return Objects.requireNonNull(
        jdbc.execute(
            TEXTS.computeIfAbsent(together, Together::text),
            values,
            statement -> done(statement, steps.size(), shown)));
  }

  private static List<Done> done(PreparedStatement statement, int steps, Shown shown)
      throws SQLException {
    List<Done> all = new ArrayList<>();
    statement.execute();
    for (int i = 0; i < steps; i++) {
      try (ResultSet row = statement.getResultSet()) {
        row.next();
        boolean told = shown != Shown.NOT && i == steps - 1;
        all.add(
            new Done(
                row.getLong("changed"),
                told && row.getLong("shown") > 0,
                told && shown == Shown.WITH_REQUEST ? row.getString("request") : null));
      }
      statement.getMoreResults();
    }
    return all;
  }
}
