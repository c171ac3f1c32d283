package io.alphakite.gateway.unresolved;

import io.alphakite.gateway.unresolved.UnresolvedViews.ResolutionView;
import io.alphakite.gateway.unresolved.UnresolvedViews.UnresolvedView;
import io.alphakite.gateway.web.ApiException;
import io.alphakite.platform.notification.Channel;
import io.alphakite.platform.notification.Notifications;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Where a person says what became of an order of unknown fate: writes that down, tells the engine,
 * and nothing more.
 */
public final class ResolutionDesk {
  private static final Logger log = LoggerFactory.getLogger(ResolutionDesk.class);
  private static final Pattern ORDER = Pattern.compile("[A-Za-z0-9_-]{1,64}");
  private static final Pattern WORDS = Pattern.compile("[^\\p{Cntrl}]{1,1000}");
  private static final Pattern NAME = Pattern.compile("[^\\p{Cntrl}]{1,80}");

  private final JdbcClient jdbc;
  private final UnresolvedOrders orders;

  /** Writes there. */
  public ResolutionDesk(JdbcClient jdbc, UnresolvedOrders orders) {
    this.jdbc = jdbc;
    this.orders = orders;
  }

  /**
   * What is said.
   *
   * @param brokerOrderId which order it is; null when it was not placed
   * @param override that it was not placed, also where absence is not shown
   * @param evidence on what that rests, 1 to 1000 characters
   */
  public record Word(@Nullable String brokerOrderId, boolean override, String evidence) {

    /**
     * As outside callers say it.
     *
     * @throws ApiException 422 when it makes no sense
     */
    public static Word of(
        @Nullable String outcome,
        @Nullable String brokerOrderId,
        boolean override,
        @Nullable String evidence) {
      boolean placed = "placed".equals(outcome);
      if (!placed && !"not_placed".equals(outcome)) {
        throw ApiException.unprocessable(
            "invalid_outcome", "outcome is neither placed nor not_placed.", null);
      }
      if (placed != (brokerOrderId != null)
          || (brokerOrderId != null && !ORDER.matcher(brokerOrderId).matches())) {
        throw ApiException.unprocessable(
            "invalid_broker_order_id",
            placed
                ? "placed takes the broker_order_id of the order at the broker."
                : "not_placed takes no broker_order_id.",
            "It is on the broker's own page and in the candidates.");
      }
      if (placed && override) {
        throw ApiException.unprocessable(
            "invalid_override",
            "override goes with not_placed alone: an order is believed when the broker lists it.",
            null);
      }
      String words = evidence == null ? "" : evidence.strip();
      if (!WORDS.matcher(words).matches()) {
        throw ApiException.unprocessable(
            "invalid_evidence",
            "evidence is not 1 to 1000 characters on one line.",
            "Say what you looked at and saw: it is kept with the order for ever.");
      }
      return new Word(brokerOrderId, override, words);
    }

    /** Everything in it. */
    public String canonical() {
      return brokerOrderId + "\n" + override + "\n" + evidence;
    }
  }

  /** A person's name as given, or null for none. */
  public static @Nullable String name(@Nullable String given) {
    if (given == null) {
      return null;
    }
    if (!NAME.matcher(given.strip()).matches()) {
      throw ApiException.unprocessable(
          "invalid_name", "as is not a name of 1 to 80 characters.", null);
    }
    return given.strip();
  }

  /**
   * Asks the engine to do it.
   *
   * @param id of the order or of its trade
   * @param person who says it, and by which key
   * @throws ApiException 404 and 409 when there is nothing to decide
   */
  public ResolutionView ask(UUID id, Word word, String person, @Nullable String requestId) {
    UnresolvedView order = orders.find(id).orElseThrow(() -> nothing(id));
    boolean traded =
        jdbc.sql("SELECT account_id IS NOT DISTINCT FROM :account FROM trading_controls")
            .param("account", order.accountId())
            .query(Boolean.class)
            .single();
    if (!traded) {
      throw ApiException.conflict(
          "account_not_traded",
          "The order is of account " + order.accountId() + ", which no engine trades now.",
          "Start the suite with that account again.");
    }
    UUID resolution = UUID.randomUUID();
    try {
      jdbc.sql(
              """
              INSERT INTO order_resolutions (id, intent_id, trade_id, outcome, broker_order_id, override, evidence,
                                             person, request_id)
              VALUES (:id, :intent, :trade, :outcome, :order, :override, :evidence, :person, :request)
              """)
          .param("id", resolution)
          .param("intent", order.id())
          .param("trade", order.tradeId())
          .param("outcome", word.brokerOrderId() == null ? "not_placed" : "placed")
          .param("order", word.brokerOrderId(), java.sql.Types.VARCHAR)
          .param("override", word.override())
          .param("evidence", word.evidence())
          .param("person", person)
          .param("request", requestId, java.sql.Types.VARCHAR)
          .update();
    } catch (DuplicateKeyException e) {
      throw ApiException.conflict(
          "resolution_pending", "Something was said about it that is not answered yet.", null);
    }
    Notifications.send(jdbc, Channel.CONTROLS, "");
    Notifications.send(jdbc, Channel.TRADES, order.tradeId().toString());
    log.atWarn()
        .addKeyValue("event", "order.resolution_asked")
        .addKeyValue("trade_id", order.tradeId())
        .addKeyValue("person", person)
        .log("A person said what became of an order of unknown fate");
    return orders.resolution(resolution).orElseThrow();
  }

  private ApiException nothing(UUID id) {
    boolean known =
        jdbc.sql(
                "SELECT EXISTS (SELECT 1 FROM engine.order_intents WHERE id = :id OR trade_id = :id)")
            .param("id", id)
            .query(Boolean.class)
            .single();
    return known
        ? ApiException.conflict(
            "not_unresolved",
            "It is known what became of the order: there is nothing to say.",
            null)
        : ApiException.notFound("order_not_found", "There is no such order.", null);
  }
}
