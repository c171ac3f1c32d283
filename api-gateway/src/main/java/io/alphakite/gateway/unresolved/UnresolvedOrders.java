package io.alphakite.gateway.unresolved;

import io.alphakite.gateway.unresolved.UnresolvedViews.BlocksView;
import io.alphakite.gateway.unresolved.UnresolvedViews.CandidateView;
import io.alphakite.gateway.unresolved.UnresolvedViews.DifferenceView;
import io.alphakite.gateway.unresolved.UnresolvedViews.EvidenceView;
import io.alphakite.gateway.unresolved.UnresolvedViews.ExitView;
import io.alphakite.gateway.unresolved.UnresolvedViews.MayView;
import io.alphakite.gateway.unresolved.UnresolvedViews.ResolutionView;
import io.alphakite.gateway.unresolved.UnresolvedViews.SearchView;
import io.alphakite.gateway.unresolved.UnresolvedViews.UnresolvedView;
import io.alphakite.gateway.web.Decimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;

/** Reads what waits for a person, from the engine's orders and their journal. */
public final class UnresolvedOrders {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final int SEARCHES_SHOWN = 20;
  // As the risk gate counts them.
  private static final int ACCOUNT_BLOCKED_FROM = 3;

  private static final String SELECT =
      """
      SELECT i.id, i.trade_id, i.account_id, i.state, i.detail, i.claimed_at, i.lane, i.looks, i.counted_listings,
             i.last_counted_at, i.next_look_at, i.throttled, i.baseline, t.ticker, t.asset_type, t.option_symbol,
             t.side, coalesce(i.order_quantity, t.quantity) AS quantity, coalesce(i.order_kind, t.order_type) AS order_type,
             CASE WHEN i.order_kind IS NULL THEN t.limit_price ELSE i.order_limit END AS limit_price,
             CASE WHEN i.order_kind IS NULL THEN t.stop_price ELSE i.order_stop END AS stop_price,
             coalesce(i.order_lasts, t.time_in_force) AS time_in_force, t.source, p.quantity AS position, d.ours, d.theirs, d.since,
             (SELECT count(*) FROM engine.order_intents o WHERE o.account_id = i.account_id AND o.state = 'UNRESOLVED')
               AS unresolved,
             ARRAY(SELECT w.trade_id FROM engine.order_intents w
                   WHERE w.account_id = i.account_id AND w.lane = i.lane AND w.state IN ('NEW', 'APPROVED')
                   ORDER BY w.created_at, w.id) AS waiting
      FROM engine.order_intents i
      JOIN trades t ON t.id = i.trade_id
      LEFT JOIN positions p ON p.account_id = i.account_id AND p.ticker = t.ticker
        AND p.option_symbol = coalesce(t.option_symbol, '')
      LEFT JOIN engine.position_differences d ON d.account_id = i.account_id
        AND d.symbol = coalesce(t.option_symbol, t.ticker)
      WHERE i.state IN ('UNKNOWN', 'UNRESOLVED') AND i.claimed_at IS NOT NULL
      """;

  private final JdbcClient jdbc;
  private final InstantSource clock;

  /** Reads there. */
  public UnresolvedOrders(JdbcClient jdbc, InstantSource clock) {
    this.jdbc = jdbc;
    this.clock = clock;
  }

  /** All of them, those that wait longest first. */
  public List<UnresolvedView> list() {
    return jdbc.sql(SELECT + " ORDER BY i.claimed_at, i.id").query(this::view).list();
  }

  /** One, by its own id or its trade's. */
  public Optional<UnresolvedView> find(UUID id) {
    return jdbc.sql(SELECT + " AND (i.id = :id OR i.trade_id = :id)")
        .param("id", id)
        .query(this::view)
        .optional();
  }

  /** What a person said. */
  public Optional<ResolutionView> resolution(UUID id) {
    return jdbc.sql("SELECT * FROM order_resolutions WHERE id = :id")
        .param("id", id)
        .query(UnresolvedOrders::resolution)
        .optional();
  }

  private UnresolvedView view(ResultSet row, int number) throws SQLException {
    UUID id = row.getObject("id", UUID.class);
    Instant claimed = row.getTimestamp("claimed_at").toInstant();
    List<Look> looks = looks(row.getObject("trade_id", UUID.class), id);
    EvidenceView evidence = evidence(row, looks);
    boolean waits = row.getString("state").equals("UNRESOLVED");
    String reason = reason(row, waits, evidence);
    return new UnresolvedView(
        id,
        row.getObject("trade_id", UUID.class),
        row.getString("account_id"),
        row.getString("ticker"),
        row.getString("asset_type"),
        row.getString("option_symbol"),
        row.getString("side"),
        Decimal.quantity(row.getLong("quantity")),
        row.getString("order_type"),
        Decimal.moneyOrNull(row.getBigDecimal("limit_price")),
        Decimal.moneyOrNull(row.getBigDecimal("stop_price")),
        row.getString("time_in_force"),
        row.getString("source"),
        waits ? "unresolved" : "searching",
        reason,
        row.getString("detail"),
        claimed,
        Math.max(0, Duration.between(claimed, clock.instant()).toSeconds()),
        doing(reason, evidence),
        evidence,
        blocks(row),
        may(evidence, looks),
        last(id));
  }

  private static String reason(ResultSet row, boolean waits, EvidenceView evidence)
      throws SQLException {
    if (evidence.candidates().size() > 1) {
      return "several_fit";
    }
    if (waits && !evidence.candidates().isEmpty()) {
      return "one_fits";
    }
    if (waits) {
      return evidence.absenceShown() ? "absence_shown" : "undecided";
    }
    return row.getBoolean("throttled") ? "throttled" : "searching";
  }

  private static String doing(String reason, EvidenceView evidence) {
    String next =
        evidence.nextLookAt() == null
            ? ""
            : " The broker's listing is looked at again at " + evidence.nextLookAt() + ".";
    return switch (reason) {
      case "several_fit" ->
          evidence.candidates().size() + " orders at the broker fit: a person says which." + next;
      case "one_fits" ->
          "An order at the broker fits, and the one it was to replace stands: a person says."
              + next;
      case "absence_shown" ->
          evidence.countedListings() + " listings without it: a person says so." + next;
      default ->
          "It is searched for in the broker's listing: "
              + evidence.countedListings()
              + (evidence.neededListings() == null ? "" : " of " + evidence.neededListings())
              + " listings without it count so far."
              + next;
    };
  }

  private record Look(Instant at, JsonNode facts) {}

  /** The newest looks, newest first. */
  private List<Look> looks(UUID trade, UUID intent) {
    return jdbc.sql(
            """
            SELECT at, facts::text FROM engine.order_events
            WHERE trade_id = :trade AND intent_id = :intent AND facts -> 'candidates' IS NOT NULL
            ORDER BY id DESC LIMIT :limit
            """)
        .param("trade", trade)
        .param("intent", intent)
        .param("limit", SEARCHES_SHOWN)
        .query(
            (row, number) ->
                new Look(row.getTimestamp("at").toInstant(), JSON.readTree(row.getString("facts"))))
        .list();
  }

  private static JsonNode newest(List<Look> looks) {
    return looks.isEmpty() ? MissingNode.getInstance() : looks.getFirst().facts();
  }

  private static EvidenceView evidence(ResultSet row, List<Look> looks) throws SQLException {
    JsonNode newest = newest(looks);
    List<CandidateView> candidates = new ArrayList<>();
    for (JsonNode candidate : newest.path("candidates")) {
      candidates.add(
          new CandidateView(
              candidate.path("broker_order_id").asString(""),
              candidate.path("status").asString(""),
              candidate.path("says").asString(""),
              instant(candidate.path("entered_at")),
              Decimal.quantity(candidate.path("filled_quantity").asLong(0))));
    }
    row.getLong("ours");
    DifferenceView difference =
        row.wasNull()
            ? null
            : new DifferenceView(
                Decimal.quantity(row.getLong("ours")),
                Decimal.quantity(row.getLong("theirs")),
                row.getTimestamp("since").toInstant());
    return new EvidenceView(
        row.getInt("looks"),
        row.getInt("counted_listings"),
        newest.has("needed_listings") ? newest.path("needed_listings").asInt() : null,
        time(row, "last_counted_at"),
        time(row, "next_look_at"),
        newest.path("absence_shown").asBoolean(false) && candidates.isEmpty() && difference == null,
        candidates,
        List.of((String[]) row.getArray("baseline").getArray()),
        difference,
        looks.stream()
            .map(
                look ->
                    new SearchView(
                        look.at(),
                        look.facts().path("listed").asInt(0),
                        look.facts().path("complete").asBoolean(false),
                        look.facts().path("candidates").size()))
            .toList());
  }

  private static BlocksView blocks(ResultSet row) throws SQLException {
    String lane = row.getString("lane");
    int blank = lane.lastIndexOf(' ');
    String symbol = lane.substring(0, blank);
    boolean buys = lane.substring(blank + 1).equals("buy");
    long position = row.getLong("position");
    boolean option = row.getString("option_symbol") != null;
    List<ExitView> exits = new ArrayList<>();
    if (buys ? position < 0 : position > 0) {
      String side =
          option ? (buys ? "buy_to_close" : "sell_to_close") : (buys ? "buy_to_cover" : "sell");
      long quantity = Math.abs(position);
      exits.add(
          new ExitView(
              side,
              Decimal.quantity(quantity),
              symbol,
              "%s %d %s cannot be sent until this is resolved"
                  .formatted(side.replace('_', ' '), quantity, symbol)));
    }
    return new BlocksView(
        row.getString("ticker"),
        row.getInt("unresolved") >= ACCOUNT_BLOCKED_FROM,
        (buys ? "buy " : "sell ") + symbol,
        exits,
        List.of((UUID[]) row.getArray("waiting").getArray()));
  }

  private MayView may(EvidenceView evidence, List<Look> looks) {
    Instant from = instant(newest(looks).path("decidable_at"));
    boolean none = evidence.candidates().isEmpty();
    return new MayView(
        evidence.candidates().stream().map(CandidateView::brokerOrderId).toList(),
        evidence.absenceShown(),
        none && from != null && !clock.instant().isBefore(from),
        from);
  }

  private @Nullable ResolutionView last(UUID intent) {
    return jdbc.sql(
            "SELECT * FROM order_resolutions WHERE intent_id = :intent"
                + " ORDER BY requested_at DESC, id LIMIT 1")
        .param("intent", intent)
        .query(UnresolvedOrders::resolution)
        .optional()
        .orElse(null);
  }

  static ResolutionView resolution(ResultSet row, int number) throws SQLException {
    Instant done = time(row, "done_at");
    return new ResolutionView(
        row.getObject("id", UUID.class),
        row.getObject("intent_id", UUID.class),
        row.getObject("trade_id", UUID.class),
        row.getString("outcome"),
        row.getString("broker_order_id"),
        row.getBoolean("override"),
        row.getString("evidence"),
        row.getString("person"),
        row.getTimestamp("requested_at").toInstant(),
        done == null ? "pending" : row.getBoolean("accepted") ? "accepted" : "refused",
        done,
        row.getString("answer"));
  }

  private static @Nullable Instant time(ResultSet row, String column) throws SQLException {
    Timestamp time = row.getTimestamp(column);
    return time == null ? null : time.toInstant();
  }

  private static @Nullable Instant instant(JsonNode text) {
    return text.isString() ? Instant.parse(text.stringValue()) : null;
  }
}
