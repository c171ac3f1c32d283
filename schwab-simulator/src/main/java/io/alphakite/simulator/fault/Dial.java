package io.alphakite.simulator.fault;

import static io.alphakite.simulator.fault.Evidence.CONTESTED;
import static io.alphakite.simulator.fault.Evidence.INFERRED;
import static io.alphakite.simulator.fault.Evidence.OBSERVED;
import static io.alphakite.simulator.fault.Evidence.OFFICIAL;
import static io.alphakite.simulator.fault.Evidence.OFFICIAL_AND_SEEN;
import static io.alphakite.simulator.fault.Evidence.REPORTED;
import static io.alphakite.simulator.fault.Parameter.choice;
import static io.alphakite.simulator.fault.Parameter.millis;
import static io.alphakite.simulator.fault.Parameter.text;
import static io.alphakite.simulator.fault.Parameter.whole;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Every fault there is, each after what was seen in the wild. */
public enum Dial {
  // --- HTTP: subject "METHOD /path?query" of any call under /v1, /trader and /marketdata

  UNAUTHORIZED(
      Area.HTTP,
      "401 with the JSON of an expired token, although the token is good; expired token and"
          + " missing product look the same",
      "captures of both APIs",
      OBSERVED),
  EDGE_ACCESS_DENIED(
      Area.HTTP,
      "403 with the content delivery network's HTML page, on any call, the token end point"
          + " included; it says nothing about the token",
      "Schwabdev #61; Ed-s-Console-App capture",
      OBSERVED),
  TOO_MANY_REQUESTS(
      Area.HTTP,
      "429; nothing was done",
      "rate limits of the registration; body and headers never captured",
      CONTESTED,
      whole("retry_after", -1, -1, 86_400, "seconds in Retry-After; -1 = no such header"),
      choice("body", "what comes with it", "empty", "message", "errors", "html")),
  SERVER_ERROR_BEFORE(
      Area.HTTP,
      "500 or 503 and nothing was done: the usual weather at 09:30 New York time",
      "retry notes of several projects",
      REPORTED,
      whole("status", 503, 500, 599, "the status"),
      whole("retry_after", -1, -1, 86_400, "seconds in Retry-After; -1 = no such header"),
      choice("body", "what comes with it", "message", "errors", "empty", "html")),
  SERVER_ERROR_AFTER(
      Area.HTTP,
      "5xx although it was done: an order answered so is live",
      "pkim-tech/trading",
      REPORTED,
      whole("status", 503, 500, 599, "the status"),
      whole("retry_after", -1, -1, 86_400, "seconds in Retry-After; -1 = no such header"),
      choice("body", "what comes with it", "message", "errors", "empty", "html")),
  ANSWER_LOST(
      Area.HTTP,
      "it was done and the connection is cut before any of the answer",
      "pkim-tech/trading: timeout in the middle of placing, the order did exist",
      REPORTED),
  CONNECTION_RESET(
      Area.HTTP, "the connection is cut and nothing was done", "general network", INFERRED),
  ANSWER_SLOW(
      Area.HTTP,
      "it is done at once and answered late",
      "retry notes of several projects on 09:30",
      REPORTED,
      millis("delay_ms", 5_000, "how late")),
  REQUEST_SLOW(
      Area.HTTP,
      "it is done late and answered then: a client that timed out does not know that it will be",
      "general network",
      INFERRED,
      millis("delay_ms", 5_000, "how late")),
  ANSWER_EMPTY(
      Area.HTTP,
      "any error status without a body; nothing was done",
      "user reports",
      REPORTED,
      whole("status", 500, 400, 599, "the status")),
  ANSWER_CUT_SHORT(
      Area.HTTP,
      "the answer ends in the middle of its body",
      "general network",
      INFERRED,
      whole("bytes", 20, 0, 1_000_000, "bytes of the body that still come")),
  GATEWAY_BODY_TOO_BIG(
      Area.HTTP,
      "502 with the gateway's fault body, as on a huge chain",
      "schwab-api-client #15",
      OBSERVED),
  WEEKEND_OUTAGE(
      Area.HTTP,
      "503 with an HTML page from Saturday 00:00 to Sunday 18:00 New York time of the market's"
          + " clock; no new streamer connection either",
      "drops over nights and weekends expected",
      INFERRED),
  CLOCK_SKEW(
      Area.HTTP,
      "Date headers and heartbeats tell another time than the client's clock; subject: the call,"
          + " or HEARTBEAT",
      "open question of the reference",
      CONTESTED,
      whole("skew_ms", 7_000, -86_400_000, 86_400_000, "how far ahead of the true time")),

  // --- Login and tokens

  REFRESH_TOKEN_REFUSED(
      Area.AUTH,
      "a refresh is refused; the token is dead from then on. Subject: refresh_token",
      "Schwabdev #40; schwab-api-client #5",
      OBSERVED,
      choice(
          "form",
          "the error's shape; all but the first are only reported",
          "nested",
          "invalid_client",
          "invalid_grant")),
  REFRESH_TOKEN_DIES_EARLY(
      Area.AUTH,
      "the refresh token dies days before its seven are over. Subject: refresh_token, asked at"
          + " every refresh",
      "Schwabdev #40",
      OBSERVED,
      whole("hours", 96, 0, 168, "age, in hours since the login, from which it is dead")),
  NEWER_LOGIN_ENDS_OLDER(
      Area.AUTH,
      "a person's login kills every token of earlier ones at once. Subject: login",
      "schwab-py #94",
      REPORTED),
  ACCESS_TOKEN_DIES_EARLY(
      Area.AUTH,
      "an access token is refused for good long before its 30 minutes are over. Subject: the"
          + " call's METHOD /path",
      "password change or revoked consent",
      REPORTED),
  CODE_REFUSED(
      Area.AUTH,
      "the code of a login is refused as if it had been used or were too old. Subject:"
          + " authorization_code",
      "user reports",
      REPORTED),
  CLIENT_REFUSED(
      Area.AUTH,
      "401 as for a wrong app key or secret. Subject: the grant type",
      "user reports; text not captured",
      REPORTED),
  PRODUCT_MISSING(
      Area.AUTH,
      "401 on every call of a product that the app has not been given. Subject: METHOD /path",
      "Schwabdev and schwab-py setup guides",
      OFFICIAL_AND_SEEN,
      choice("product", "the one that is missing", "marketdata", "trader")),
  LOGIN_DENIED(
      Area.AUTH,
      "the person does not agree: no code comes back. Subject: authorize",
      "how OAuth answers; not seen here",
      INFERRED),
  APP_NOT_READY(
      Area.AUTH,
      "an HTML error page instead of the login, as for an app that is not Ready For Use. Subject:"
          + " authorize",
      "schwab-py docs; Schwabdev docs",
      REPORTED,
      whole("status", 500, 400, 599, "the status")),

  // --- Market data: subject the symbol

  QUOTE_BLOCKS_MISSING(
      Area.MARKET_DATA,
      "a quote lacks whole blocks, as off hours",
      "several captures",
      OBSERVED,
      text("blocks", "quote,regular,extended,fundamental", "those that may be missing")),
  QUOTE_SYMBOL_INVALID(
      Area.MARKET_DATA,
      "a good symbol stands among the invalid ones for once",
      "Ed-s-Console-App captures",
      OBSERVED),
  QUOTE_DELAYED(
      Area.MARKET_DATA,
      "quotes are marked as delayed (NFL), as when the market-data agreement is not signed",
      "streamer guide; user notes",
      OFFICIAL_AND_SEEN),
  NUMBERS_CHANGE_TYPE(
      Area.MARKET_DATA,
      "the same field is an int here and a double there",
      "several captures",
      OBSERVED),
  UNKNOWN_FIELDS(
      Area.MARKET_DATA, "answers carry members that nobody documented", "general", INFERRED),
  GREEKS_MISSING(
      Area.MARKET_DATA,
      "a contract's greeks and volatility are -999",
      "Ed-s-Console-App captures",
      OBSERVED),
  CHAIN_TRUNCATED(
      Area.MARKET_DATA, "a chain lacks its far strikes", "schwab-api-client #15", OBSERVED),
  CHAIN_FAILED(
      Area.MARKET_DATA, "a chain with status FAILED and empty maps", "the schema", INFERRED),
  HISTORY_WHOLE_DAY(
      Area.MARKET_DATA,
      "price history ignores start and end within a day: the whole day comes back",
      "schwab-py #148",
      REPORTED),
  HISTORY_LAGS(
      Area.MARKET_DATA,
      "the newest candles are missing yet",
      "general",
      INFERRED,
      whole("candles", 2, 1, 1_000, "how many")),
  HISTORY_EMPTY(
      Area.MARKET_DATA, "no candles and empty true, with 200", "client test data", REPORTED),
  MOVERS_NONSENSE(
      Area.MARKET_DATA,
      "movers with netChange equal to the last price and netPercentChange 1",
      "schwab_api crate capture; Schwabdev docs",
      OBSERVED),

  // --- Orders: subject the first leg's symbol

  ORDER_REJECTED_LATER(
      Area.ORDERS,
      "201, and REJECTED a moment later",
      "captured lists",
      OBSERVED,
      text(
          "reason",
          "This order may exceed your available buying power.",
          "statusDescription; several are joined by a bar"),
      millis("delay_ms", 0, "wall time from the 201")),
  ORDER_REJECTED_AFTER_WORKING(
      Area.ORDERS,
      "a first read shows it WORKING, a later one REJECTED",
      "one project's notes",
      REPORTED,
      text("reason", "Position_Sys_0001", "statusDescription"),
      millis("delay_ms", 2_000, "wall time from the 201")),
  ORDER_PENDING_ACKNOWLEDGEMENT(
      Area.ORDERS,
      "the venue has not answered yet, as on a busy open",
      "schwab-py #120",
      REPORTED,
      millis("delay_ms", 5_000, "wall time for which it stays so")),
  ORDER_MANUAL_REVIEW(
      Area.ORDERS,
      "a person at the firm must look first",
      "the schema",
      OFFICIAL,
      millis("delay_ms", 60_000, "wall time for which it stays so")),
  ORDER_STATUS_UNKNOWN(
      Area.ORDERS,
      "a status that no list has",
      "rule of the reference",
      INFERRED,
      text("status", "AWAITING_SOMETHING_NEW", "the status shown"),
      millis("delay_ms", 2_000, "wall time for which it is shown")),
  ORDER_CANCELED_BY_FIRM(
      Area.ORDERS,
      "the firm cancels a working order; firmActionType CANCELED_BY_FIRM",
      "one capture",
      OBSERVED,
      millis("delay_ms", 1_000, "wall time from the 201")),
  LOCATION_MISSING(
      Area.ORDERS,
      "201 without Location: the order lives, its id is not told",
      "Schwabdev docs",
      CONTESTED),
  LOCATION_OF_ANOTHER_ORDER(
      Area.ORDERS,
      "201 whose Location carries another order's id",
      "td-ameritrade-client PR #54 (predecessor API)",
      REPORTED),
  ORDER_NOT_FOUND_YET(
      Area.ORDERS,
      "404 for an order for a moment after its 201",
      "general",
      INFERRED,
      millis("delay_ms", 1_000, "wall time for which it is not found")),
  LISTING_LAGS(
      Area.ORDERS,
      "lists do not have the newest orders yet, and of others an older state",
      "doubtful placings reconciled late",
      INFERRED,
      millis("delay_ms", 2_000, "how far a listing lags, in wall time")),
  LISTING_UNSORTED(
      Area.ORDERS, "a list in no order; subject: LIST", "captures: not strictly sorted", OBSERVED),
  CHILD_LISTED_TWICE(
      Area.ORDERS, "a child order also stands at the top level of a list", "general", INFERRED),
  PARTIAL_FILLS(
      Area.ORDERS,
      "an order fills in pieces under WORKING, one activity each",
      "official description and captures",
      OFFICIAL_AND_SEEN,
      whole("pieces", 3, 2, 50, "pieces at least, when the quantity allows")),
  FILL_PRICE_IMPROVED(
      Area.ORDERS,
      "fills at prices with more than two decimals",
      "captures",
      OBSERVED,
      text("decimals", "4", "decimals of the price")),
  FILL_MISSED(
      Area.ORDERS,
      "the market trades through the limit and the order does not fill",
      "queue position; general",
      INFERRED),
  FILL_BEFORE_CANCEL(
      Area.ORDERS,
      "DELETE answers 200 and the order fills before it is cancelled",
      "lumibot PR #1157",
      REPORTED),
  FILL_DURING_REPLACE(
      Area.ORDERS,
      "the old order fills while it is PENDING_REPLACE",
      "rule of the reference",
      INFERRED),
  CANCEL_SLOW(
      Area.ORDERS,
      "a cancel stays PENDING_CANCEL or AWAITING_UR_OUT",
      "the statuses' meaning",
      OFFICIAL,
      millis("delay_ms", 5_000, "wall time for which it stays so"),
      choice("status", "the status shown", "PENDING_CANCEL", "AWAITING_UR_OUT")),
  CANCEL_REFUSED(
      Area.ORDERS, "DELETE is refused with 400 although the order is open", "general", INFERRED),
  CANCELED_REMAINING_FULL(
      Area.ORDERS,
      "a CANCELED activity whose orderRemainingQuantity is the full size instead of 0",
      "two captures that differ",
      OBSERVED),
  OCO_BOTH_FILL(Area.ORDERS, "both of a one-cancels-other fill", "a short overlap", INFERRED),
  BALANCES_LAG(
      Area.ORDERS,
      "balances do not show the newest fills; subject: ACCOUNT",
      "general",
      INFERRED,
      millis("delay_ms", 3_000, "how far they lag, in wall time")),
  POSITIONS_LAG(
      Area.ORDERS,
      "positions do not show the newest fills; subject: ACCOUNT",
      "general",
      INFERRED,
      millis("delay_ms", 3_000, "how far they lag, in wall time")),
  TRANSACTIONS_LAG(
      Area.ORDERS,
      "today's trades are not among the transactions yet; subject: TRANSACTIONS",
      "general",
      INFERRED,
      millis("delay_ms", 60_000, "how far they lag, in wall time")),

  TRADER_NUMBERS_CHANGE_TYPE(
      Area.ORDERS,
      "amounts of the trader API that are doubles come as ints or texts; subject: ACCOUNT, ORDER,"
          + " ORDERS, PREVIEW or TRANSACTIONS",
      "several captures",
      OBSERVED,
      choice("form", "what comes instead of a double", "int", "text")),

  // --- Account activity: subject the message type

  ACTIVITY_DROPPED(
      Area.ACCOUNT_ACTIVITY,
      "an event does not come: real fills without any event",
      "autotrader",
      OBSERVED),
  ACTIVITY_DUPLICATED(
      Area.ACCOUNT_ACTIVITY,
      "an event comes twice",
      "QuantConnect brokerage code and tests",
      REPORTED),
  ACTIVITY_REORDERED(
      Area.ACCOUNT_ACTIVITY, "an event comes after the next one", "captures", OBSERVED),
  ACTIVITY_DELAYED(
      Area.ACCOUNT_ACTIVITY,
      "an event comes late",
      "general",
      INFERRED,
      millis("delay_ms", 3_000, "how late, in wall time")),
  ACTIVITY_REPLAYED(
      Area.ACCOUNT_ACTIVITY,
      "after a subscription the earlier events come again with new sequence numbers; subject:"
          + " SUBSCRIBED",
      "captures and reports",
      OBSERVED),
  ACTIVITY_SILENT(
      Area.ACCOUNT_ACTIVITY,
      "SUBSCRIBED comes and no event ever after, until the next subscription; subject:"
          + " SUBSCRIBED",
      "autotrader notes (July 2026)",
      OBSERVED),
  ACTIVITY_UNKNOWN_TYPE(
      Area.ACCOUNT_ACTIVITY,
      "before an event one of a type that nobody knows",
      "rule of the reference",
      INFERRED),
  ACTIVITY_PLAIN_NOTICE(
      Area.ACCOUNT_ACTIVITY,
      "before an event an item of empty type with plain text in field 3",
      "one capture",
      OBSERVED),
  ACTIVITY_SUBSCRIBED_AGAIN(
      Area.ACCOUNT_ACTIVITY,
      "before an event another SUBSCRIBED, with a sequence number above 0",
      "captures",
      OBSERVED),
  ACTIVITY_GARBLED(Area.ACCOUNT_ACTIVITY, "an event whose payload is no JSON", "general", INFERRED),
  ACTIVITY_NUMBER_FOR_TEXT(
      Area.ACCOUNT_ACTIVITY, "values like RouteStatus are numbers for once", "captures", OBSERVED),

  // --- Streamer connection and commands

  STREAM_CONNECT_REFUSED(
      Area.STREAM,
      "the WebSocket handshake is refused; subject: CONNECT",
      "general",
      INFERRED,
      whole("status", 503, 400, 599, "the HTTP status")),
  STREAM_LOGIN_DENIED(
      Area.STREAM,
      "the streamer's login answers 3 and closes, although the token is good; subject: LOGIN",
      "streamer guide; user reports",
      REPORTED),
  STREAM_LOGIN_UNANSWERED(
      Area.STREAM, "a login gets no answer; subject: LOGIN", "general", INFERRED),
  STREAM_COMMAND_FAILED(
      Area.STREAM,
      "SUBS, UNSUBS, ADD or VIEW fails with its code 22 to 25 and changes nothing. Subject:"
          + " SERVICE COMMAND",
      "streamer guide",
      OFFICIAL,
      whole("code", 0, 0, 99, "another code than the command's own; 0 = its own")),
  STREAM_COMMAND_SLOW(
      Area.STREAM,
      "a command is answered late, and every other that comes before its answer fails with its code"
          + " 22 to 25. Subject: SERVICE COMMAND",
      "streamer guide: commands one at a time",
      OFFICIAL_AND_SEEN,
      millis("delay_ms", 1_000, "how late, in wall time")),
  STREAM_COMMAND_UNANSWERED(
      Area.STREAM,
      "a command is carried out and not answered. Subject: SERVICE COMMAND",
      "general",
      INFERRED),
  STREAM_COMMAND_SUCCEEDED_26(
      Area.STREAM,
      "success is told by the codes 26 to 29 instead of 0. Subject: SERVICE COMMAND",
      "streamer guide",
      OFFICIAL),
  STREAM_SERVICE_DOWN(
      Area.STREAM,
      "a service answers 11. Subject: SERVICE COMMAND",
      "captures with old services",
      OFFICIAL_AND_SEEN),
  STREAM_SYMBOL_LIMIT(
      Area.STREAM,
      "code 19: the symbols beyond a limit are discarded, the rest works. Subject: SERVICE"
          + " COMMAND",
      "Ed-s-Console-App capture",
      OBSERVED,
      whole("limit", 1, 0, 3_000, "symbols kept")),
  STREAM_NOT_FOUND(
      Area.STREAM,
      "a command answers 20 as if nobody had logged in. Subject: SERVICE COMMAND",
      "streamer guide",
      OFFICIAL),
  STREAM_KICKED(
      Area.STREAM,
      "code 12 or a bare close as by another login of the same user; asked each second of market"
          + " time while somebody is logged in. Subject: TIMER",
      "streamer guide; user reports",
      REPORTED,
      choice("form", "what the client sees", "code_12", "code_30", "bare")),
  STREAM_STOPPED(
      Area.STREAM,
      "code 30, then closed; asked each second of market time while somebody is logged in."
          + " Subject: TIMER",
      "Schwabdev #28",
      OBSERVED),
  STREAM_DROPPED(
      Area.STREAM,
      "the connection ends abruptly; asked each second of market time while somebody is logged"
          + " in. Subject: TIMER",
      "Schwabdev #64",
      REPORTED,
      choice("form", "1006 = the socket is cut", "1006", "1011", "1001", "1000")),
  STREAM_SILENT(
      Area.STREAM,
      "the socket stays open and nothing comes; asked each second of market time while somebody is"
          + " logged in. Subject: TIMER",
      "QuantConnect brokerage; autotrader; pkim-tech/trading",
      REPORTED,
      millis("delay_ms", 60_000, "wall time of the silence; 0 = for the connection's life"),
      choice("heartbeats", "whether heartbeats go on", "false", "true")),
  NIGHTLY_RESET(
      Area.STREAM,
      "every streamer connection is cut when the day turns. Subject: the new date",
      "drops over nights and weekends expected",
      INFERRED,
      choice("form", "1006 = the socket is cut", "1006", "1011", "1001", "1000")),
  HEARTBEAT_MISSING(
      Area.STREAM, "a heartbeat does not come. Subject: HEARTBEAT", "general", INFERRED),

  // --- Streamer data: subject "SERVICE KEY" where one item is meant, else the SERVICE

  SUBSCRIPTION_LOST(
      Area.STREAM_DATA,
      "one symbol goes silent while the others go on, until it is subscribed again; asked for each"
          + " update",
      "general",
      INFERRED),
  UPDATE_DROPPED(Area.STREAM_DATA, "an update does not come", "conflation; general", INFERRED),
  UPDATE_DUPLICATED(Area.STREAM_DATA, "an update comes twice", "general", INFERRED),
  UPDATE_CONFLATED(
      Area.STREAM_DATA,
      "an update waits for the next of its symbol, so the day's volume grows by more than the last"
          + " size",
      "captures: about one batch a second",
      OBSERVED),
  TICKER_HALTED(
      Area.STREAM_DATA,
      "status Halted, then nothing of a symbol until it is Normal again; asked for each update of"
          + " LEVELONE_EQUITIES",
      "the schema",
      OFFICIAL,
      millis("delay_ms", 300_000, "how long, in market time")),
  FIELDS_UNORDERED(
      Area.STREAM_DATA,
      "a command's field list that is not ascending is misread. Subject: SERVICE COMMAND",
      "schwab-py #156",
      REPORTED,
      choice(
          "form",
          "what becomes of the fields: those after the first out of order are missing, or values"
              + " come under wrong numbers",
          "missing",
          "wrong")),
  FRAME_DROPPED(Area.STREAM_DATA, "a data frame does not come", "general", INFERRED),
  FRAME_GARBLED(
      Area.STREAM_DATA,
      "a data frame that cannot be read",
      "general",
      INFERRED,
      choice("form", "what is wrong", "truncated", "not_json", "wrong_types", "binary", "empty")),
  FRAME_UNKNOWN_NOTICE(
      Area.STREAM_DATA,
      "before a data frame a notice with a code that nobody knows",
      "rule of the reference",
      INFERRED),
  FRAME_SEVERAL_KINDS(
      Area.STREAM_DATA,
      "a frame with a notice and data at once",
      "contested in the reference",
      CONTESTED),
  FRAME_DUPLICATED(Area.STREAM_DATA, "a data frame comes twice", "general", INFERRED),
  FRAME_REORDERED(Area.STREAM_DATA, "a data frame comes after the next one", "general", INFERRED),
  FRAME_DELAYED(
      Area.STREAM_DATA,
      "a data frame, and all after it, come late",
      "general",
      INFERRED,
      millis("delay_ms", 2_000, "how late, in wall time")),
  FRAME_UNKNOWN_SERVICE(
      Area.STREAM_DATA,
      "before a data frame one of a service that nobody asked for",
      "rule of the reference",
      INFERRED),
  FRAME_UNKNOWN_MESSAGE(
      Area.STREAM_DATA,
      "before a data frame one with a top-level key that nobody knows",
      "rule of the reference",
      INFERRED),
  UPDATE_UNKNOWN_FIELD(
      Area.STREAM_DATA, "an update has a field of an unknown number", "general", INFERRED),
  UPDATE_FIELD_NULL(
      Area.STREAM_DATA,
      "an update's field is null, blank or NUL",
      "captures: single char may be blank or NUL",
      OBSERVED),
  UPDATE_NUMBER_TYPE(
      Area.STREAM_DATA, "an int where a double is usual, and the reverse", "captures", OBSERVED),
  VOLUME_CORRECTED(
      Area.STREAM_DATA,
      "the day's volume goes down for one update and comes back later",
      "captures",
      OBSERVED,
      whole("shares", 100, 1, 1_000_000, "by how much")),
  BAR_LATE(
      Area.STREAM_DATA,
      "a bar comes late. Subject: the ticker",
      "captures: not there 2 s after its end",
      OBSERVED,
      millis("delay_ms", 30_000, "how late, in market time")),
  BAR_VOLUME_FRACTIONAL(
      Area.STREAM_DATA,
      "a bar's volume has a fraction of a share. Subject: the ticker",
      "captures",
      OBSERVED),
  BAR_MISSING(
      Area.STREAM_DATA, "a bar does not come. Subject: the ticker", "user reports", REPORTED),
  BAR_CORRECTED(
      Area.STREAM_DATA,
      "a bar comes with too small a volume first and again with the right one. Subject: the"
          + " ticker",
      "user reports",
      REPORTED,
      millis("delay_ms", 60_000, "how long after the first, in market time"));

  /** What a fault hits. */
  public enum Area {
    HTTP,
    AUTH,
    MARKET_DATA,
    ORDERS,
    ACCOUNT_ACTIVITY,
    STREAM,
    STREAM_DATA
  }

  private final Area area;
  private final String description;
  private final String source;
  private final Evidence evidence;

  @SuppressWarnings("ImmutableEnumChecker") // made by List.of
  private final List<Parameter> parameters;

  Dial(Area area, String description, String source, Evidence evidence, Parameter... parameters) {
    this.area = area;
    this.description = description;
    this.source = source;
    this.evidence = evidence;
    this.parameters = List.of(parameters);
  }

  public Area area() {
    return area;
  }

  /** What happens, and what its subject is. */
  public String description() {
    return description;
  }

  /** Where it was seen or said. */
  public String source() {
    return source;
  }

  public Evidence evidence() {
    return evidence;
  }

  public List<Parameter> parameters() {
    return parameters;
  }

  /**
   * A parameter by name.
   *
   * @throws IllegalArgumentException when there is none, naming those there are
   */
  public Parameter parameter(String name) {
    return parameters.stream()
        .filter(parameter -> parameter.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    label()
                        + " has no parameter '"
                        + name
                        + "'"
                        + (parameters.isEmpty()
                            ? ""
                            : "; it has " + parameters.stream().map(Parameter::name).toList())));
  }

  /** The name outside Java: {@code answer-lost}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The dial of a name, written in either way and case. */
  public static Optional<Dial> of(String name) {
    String wanted = name.strip().toUpperCase(Locale.ROOT).replace('-', '_');
    for (Dial dial : values()) {
      if (dial.name().equals(wanted)) {
        return Optional.of(dial);
      }
    }
    return Optional.empty();
  }

  /** The labels most like a name that is none, nearest first. */
  public static List<String> near(String name) {
    String wanted = name.strip().toLowerCase(Locale.ROOT).replace('_', '-');
    List<Dial> dials = new ArrayList<>(List.of(values()));
    dials.sort(Comparator.comparingInt(dial -> distance(wanted, dial.label())));
    return dials.stream().limit(3).map(Dial::label).toList();
  }

  /** Edits between two texts (Levenshtein), a shared word counting for a lot. */
  private static int distance(String wanted, String label) {
    int[] row = new int[label.length() + 1];
    for (int j = 0; j <= label.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= wanted.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= label.length(); j++) {
        int above = row[j];
        int change = wanted.charAt(i - 1) == label.charAt(j - 1) ? 0 : 1;
        row[j] = Math.min(Math.min(above, row[j - 1]) + 1, diagonal + change);
        diagonal = above;
      }
    }
    int shared = 0;
    for (String word : wanted.split("-", -1)) {
      if (word.length() > 2 && label.contains(word)) {
        shared += word.length() * 2;
      }
    }
    return row[label.length()] - shared;
  }
}
