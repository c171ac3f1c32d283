package io.alphakite.gateway.stream;

import io.alphakite.gateway.access.AccessPolicy;
import io.alphakite.gateway.access.Authenticator;
import io.alphakite.gateway.access.Principal;
import io.alphakite.gateway.alert.AlertView;
import io.alphakite.gateway.alert.Alerts;
import io.alphakite.gateway.market.MarketData;
import io.alphakite.gateway.market.MarketViews.OptionView;
import io.alphakite.gateway.market.MarketViews.SignalView;
import io.alphakite.gateway.stream.StreamMessages.Tick;
import io.alphakite.gateway.trade.Account;
import io.alphakite.gateway.trade.TradeBook;
import io.alphakite.gateway.trade.TradeViews.PositionView;
import io.alphakite.gateway.trade.TradeViews.TradeView;
import io.alphakite.gateway.unresolved.UnresolvedOrders;
import io.alphakite.gateway.web.ApiException;
import io.alphakite.gateway.web.JsonBody;
import io.alphakite.gateway.web.Problems;
import io.alphakite.gateway.web.QueryValues;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.dao.DataAccessException;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.handler.TextWebSocketHandler;
import tools.jackson.databind.JsonNode;

/** Understands what clients ask on the stream and answers. */
@Component
class StreamHandler extends TextWebSocketHandler implements SmartLifecycle {
  /** The session attribute that holds the principal of the handshake, when it had one. */
  static final String PRINCIPAL = "kite.principal";

  private static final Logger log = LoggerFactory.getLogger(StreamHandler.class);
  private static final Set<String> FIELDS =
      Set.of("action", "key", "channels", "tickers", "request_id", "epoch", "from_seq");
  private static final int TICKERS_MAX = 500;
  private static final int SNAPSHOT_ROWS = 100;
  private static final int REQUEST_ID_MAX = 100;
  private static final int FAILED_KEYS_MAX = 5;
  // Tomcat gives a stuck write up after 20 s otherwise; a stuck client may yet read on.
  private static final String BLOCKING_SEND = "org.apache.tomcat.websocket.BLOCKING_SEND_TIMEOUT";
  private static final long BLOCKING_SEND_MILLIS = 120_000;

  private static final Duration GOOD_BYE = Duration.ofSeconds(1);

  private final Hub hub;
  private final StreamMessages messages;
  private final AccessPolicy policy;
  private final Authenticator authenticator;
  private final PriceRows prices;
  private final MarketData market;
  private final TradeBook trades;
  private final Account account;
  private final Alerts alerts;
  private final UnresolvedOrders unresolved;
  private final Map<String, Client> clients = new ConcurrentHashMap<>();
  private volatile boolean running;

  StreamHandler(
      Hub hub,
      StreamMessages messages,
      AccessPolicy policy,
      Authenticator authenticator,
      PriceRows prices,
      MarketData market,
      TradeBook trades,
      Account account,
      Alerts alerts,
      UnresolvedOrders unresolved) {
    this.hub = hub;
    this.messages = messages;
    this.policy = policy;
    this.authenticator = authenticator;
    this.prices = prices;
    this.market = market;
    this.trades = trades;
    this.account = account;
    this.alerts = alerts;
    this.unresolved = unresolved;
  }

  @Override
  public void afterConnectionEstablished(WebSocketSession session) {
    session.setTextMessageSizeLimit(JsonBody.BYTES_MAX);
    if (session instanceof org.springframework.web.socket.adapter.NativeWebSocketSession own) {
      jakarta.websocket.Session container = own.getNativeSession(jakarta.websocket.Session.class);
      if (container != null) {
        container.getUserProperties().put(BLOCKING_SEND, BLOCKING_SEND_MILLIS);
      }
    }
    Principal principal = (Principal) session.getAttributes().get(PRINCIPAL);
    Subscriber subscriber = new Subscriber(session, hub, messages, principal, this::mayStay);
    clients.put(session.getId(), new Client(subscriber));
    subscriber.start();
  }

  @Override
  public void afterConnectionClosed(WebSocketSession session, CloseStatus status) {
    Client client = clients.remove(session.getId());
    if (client != null) {
      client.subscriber.close(status);
    }
  }

  @Override
  public void handleTransportError(WebSocketSession session, Throwable failure) {
    log.atDebug()
        .addKeyValue("event", "stream.transport")
        .log("Stream client lost: {}", failure.toString());
  }

  @Override
  protected void handleTextMessage(WebSocketSession session, TextMessage message) {
    Client client = clients.get(session.getId());
    if (client == null) {
      return;
    }
    if (!client.mayAsk()) {
      client.subscriber.close(
          new CloseStatus(CloseStatus.POLICY_VIOLATION.getCode(), "too many requests"));
      return;
    }
    JsonNode requestId = null;
    try {
      JsonBody request = JsonBody.parse(message.getPayload(), FIELDS);
      requestId = requestId(request);
      answer(client, request, requestId);
    } catch (ApiException e) {
      String code = e.problem().code();
      client.subscriber.reply(
          List.of(
              messages.error(
                  code.equals("malformed_json") ? "bad_json" : code,
                  e.problem().detail(),
                  requestId)));
    } catch (DataAccessException | TransactionException e) {
      client.subscriber.reply(
          List.of(
              messages.error(
                  "database_unavailable", "The database does not answer: try again.", requestId)));
    }
  }

  @Override
  public void start() {
    running = true;
  }

  /** Before the server stops: says good-bye, so that clients come back to the next run. */
  @Override
  public void stop() {
    running = false;
    List<Client> here = List.copyOf(clients.values());
    here.forEach(client -> client.subscriber.close(CloseStatus.GOING_AWAY));
    // The server's own stop would cut them off without a word. Whoever does not read is cut off.
    long until = System.nanoTime() + GOOD_BYE.toNanos();
    try {
      for (Client client : here) {
        client.subscriber.awaitOver(Duration.ofNanos(until - System.nanoTime()));
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  private void answer(Client client, JsonBody request, @Nullable JsonNode requestId) {
    String action = request.text("action");
    switch (action == null ? "" : action) {
      case "auth" -> authenticate(client, request, requestId);
      case "subscribe" -> subscribe(client.subscriber, request, requestId);
      case "unsubscribe" -> unsubscribe(client.subscriber, request, requestId);
      case "resume" -> resume(client.subscriber, request, requestId);
      case "ping" -> client.subscriber.reply(List.of(messages.pong(requestId)));
      default ->
          throw ApiException.malformed(
              "unknown_action",
              action == null
                  ? "action is missing."
                  : "\"" + Problems.printable(action) + "\" is no action.",
              "auth, subscribe, unsubscribe, resume or ping");
    }
  }

  private void authenticate(Client client, JsonBody request, @Nullable JsonNode requestId) {
    String key = request.text("key");
    Optional<Principal> principal = key == null ? Optional.empty() : authenticator.byKey(key);
    if (principal.isEmpty()) {
      if (++client.failedKeys >= FAILED_KEYS_MAX) {
        client.subscriber.close(
            new CloseStatus(CloseStatus.POLICY_VIOLATION.getCode(), "too many wrong keys"));
      }
      throw new ApiException(
          HttpStatus.UNAUTHORIZED, "unauthorized", "The key is unknown, expired or revoked.", null);
    }
    Subscriber subscriber = client.subscriber;
    subscriber.principal(principal.get());
    for (StreamChannel channel : StreamChannel.values()) {
      if (!maySee(subscriber, channel)) {
        subscriber.leave(channel);
      }
    }
    subscriber.reply(List.of(messages.authenticated(principal.get().scopeNames(), requestId)));
  }

  private void subscribe(Subscriber subscriber, JsonBody request, @Nullable JsonNode requestId) {
    Set<StreamChannel> wanted = channels(request);
    Set<String> tickers = tickers(request);
    if (wanted.isEmpty() && tickers.isEmpty()) {
      throw ApiException.unprocessable("missing_field", "channels is missing.", null);
    }
    if (wanted.isEmpty()) {
      // More tickers for what is followed already.
      for (StreamChannel channel : StreamChannel.values()) {
        if (channel.perTicker() && subscriber.follows(channel)) {
          wanted.add(channel);
        }
      }
    }
    requireAllowed(subscriber, wanted);
    Map<StreamChannel, TickerFilter> filters = new EnumMap<>(StreamChannel.class);
    for (StreamChannel channel : wanted) {
      TickerFilter before = subscriber.filter(channel);
      TickerFilter after =
          !channel.perTicker()
              ? TickerFilter.ALL
              : before == null ? TickerFilter.of(tickers) : before.plus(tickers);
      if (!after.all() && after.chosen().size() > TICKERS_MAX) {
        throw ApiException.unprocessable(
            "too_many_tickers", "At most " + TICKERS_MAX + " tickers can be followed.", null);
      }
      filters.put(channel, after);
    }
    Map<StreamChannel, Long> heads = new EnumMap<>(StreamChannel.class);
    List<String> snapshots = new ArrayList<>();
    filters.forEach(
        (channel, after) -> {
          TickerFilter before = subscriber.filter(channel);
          TickerFilter fresh = before == null ? after : added(before, after);
          if (!fresh.empty()) {
            heads.put(channel, snapshot(channel, fresh, snapshots));
          }
        });
    subscriber.atomically(
        () -> {
          filters.forEach(
              (channel, after) -> {
                if (subscriber.filter(channel) == null) {
                  long head = Objects.requireNonNullElse(heads.get(channel), 0L);
                  subscriber.follow(channel, after, head, false);
                } else {
                  subscriber.narrow(channel, after);
                }
              });
          List<String> answers = new ArrayList<>();
          answers.add(
              messages.subscribed(
                  subscriber.channels(), subscriber.tickers(), hub.epoch(), requestId));
          answers.addAll(snapshots);
          subscriber.reply(answers);
        });
  }

  private void unsubscribe(Subscriber subscriber, JsonBody request, @Nullable JsonNode requestId) {
    Set<StreamChannel> channels = channels(request);
    Set<String> tickers = tickers(request);
    for (StreamChannel channel : channels.isEmpty() ? Set.of(StreamChannel.values()) : channels) {
      TickerFilter before = subscriber.filter(channel);
      if (before == null || (channels.isEmpty() && !channel.perTicker())) {
        continue;
      }
      TickerFilter after =
          tickers.isEmpty() || !channel.perTicker()
              ? new TickerFilter(false, Set.of())
              : before.minus(tickers, List.of(hub.log(StreamChannel.PRICES).tickers()));
      if (after.empty()) {
        subscriber.leave(channel);
      } else {
        subscriber.narrow(channel, after);
      }
    }
    subscriber.reply(
        List.of(
            messages.subscribed(
                subscriber.channels(), subscriber.tickers(), hub.epoch(), requestId)));
  }

  private void resume(Subscriber subscriber, JsonBody request, @Nullable JsonNode requestId) {
    String epoch = request.requiredText("epoch");
    JsonNode from = request.field("from_seq");
    if (from == null || !from.isObject()) {
      throw ApiException.malformed(
          "wrong_type", "from_seq is not an object of channels and numbers.", "{\"trades\":12}");
    }
    Set<String> tickers = tickers(request);
    Map<StreamChannel, Long> seen = new EnumMap<>(StreamChannel.class);
    for (String name : from.propertyNames()) {
      JsonNode value = from.get(name);
      if (!value.isIntegralNumber() || !value.canConvertToLong() || value.longValue() < 0) {
        throw ApiException.malformed(
            "wrong_type", "from_seq has no whole number for a channel.", "{\"trades\":12}");
      }
      seen.put(channel(name), value.longValue());
    }
    requireAllowed(subscriber, seen.keySet());
    List<String> snapshots = new ArrayList<>();
    Map<StreamChannel, Long> heads = new EnumMap<>(StreamChannel.class);
    Map<StreamChannel, TickerFilter> filters = new EnumMap<>(StreamChannel.class);
    seen.forEach(
        (channel, seq) -> {
          TickerFilter before = subscriber.filter(channel);
          TickerFilter filter =
              !channel.perTicker()
                  ? TickerFilter.ALL
                  : before == null ? TickerFilter.of(tickers) : before.plus(tickers);
          filters.put(channel, filter);
          ChannelLog channelLog = hub.log(channel);
          boolean known =
              epoch.equals(hub.epoch())
                  && seq <= channelLog.head()
                  && seq + 1 >= channelLog.oldest();
          if (!known) {
            heads.put(channel, snapshot(channel, filter, snapshots));
          }
        });
    subscriber.atomically(
        () -> {
          filters.forEach(
              (channel, filter) -> {
                Long head = heads.get(channel);
                subscriber.follow(
                    channel,
                    filter,
                    head == null ? Objects.requireNonNull(seen.get(channel)) : head,
                    head == null);
              });
          List<String> answers = new ArrayList<>();
          answers.add(
              messages.resumed(
                  subscriber.channels(),
                  subscriber.tickers(),
                  hub.epoch(),
                  !heads.isEmpty(),
                  heads.keySet().stream().map(StreamChannel::wire).toList(),
                  requestId));
          answers.addAll(snapshots);
          subscriber.reply(answers);
        });
  }

  /**
   * Adds the present state of a channel. Its number is read before the state, so that what changes
   * in between is told again rather than lost.
   *
   * @return the channel's newest number that the snapshot surely holds
   */
  private long snapshot(StreamChannel channel, TickerFilter filter, List<String> snapshots) {
    long head = hub.log(channel).head();
    switch (channel) {
      case PRICES -> {
        for (Tick tick : prices.newest(filter.all() ? prices.streamed() : filter.chosen())) {
          snapshots.add(messages.price(head, true, tick));
        }
      }
      case SIGNALS -> {
        for (SignalView signal : market.newestSignals(SNAPSHOT_ROWS)) {
          if (filter.passes(signal.ticker())) {
            snapshots.add(messages.signal(head, true, signal));
          }
        }
      }
      case TRADES -> {
        for (TradeView trade : trades.current(SNAPSHOT_ROWS)) {
          snapshots.add(messages.trade(head, true, trade));
        }
      }
      case POSITIONS -> {
        for (PositionView position : account.positions()) {
          snapshots.add(messages.position(head, true, position));
        }
      }
      case PORTFOLIO -> snapshots.add(messages.portfolio(head, true, account.portfolio()));
      case OPTIONS -> {
        for (String ticker : filter.all() ? prices.streamed() : filter.chosen()) {
          for (OptionView option : market.optionsNow(ticker)) {
            snapshots.add(messages.option(head, true, option));
          }
        }
      }
      case UNRESOLVED -> snapshots.add(messages.unresolved(head, true, unresolved.list()));
      case ALERTS -> {
        for (AlertView alert : alerts.open()) {
          snapshots.add(messages.alarm(head, true, alert));
        }
      }
    }
    return head;
  }

  private boolean mayStay(Subscriber subscriber) {
    Principal principal = subscriber.principal();
    try {
      if (principal != null) {
        return authenticator.stillHolds(principal);
      }
    } catch (DataAccessException | TransactionException e) {
      // Nobody is thrown out because the database is away.
      return true;
    }
    return policy.maySeeMarketData(null);
  }

  private boolean maySee(Subscriber subscriber, StreamChannel channel) {
    return channel.account()
        ? policy.maySeeAccount(subscriber.principal())
        : policy.maySeeMarketData(subscriber.principal());
  }

  private void requireAllowed(Subscriber subscriber, Set<StreamChannel> channels) {
    List<String> refused =
        channels.stream()
            .filter(channel -> !maySee(subscriber, channel))
            .map(StreamChannel::wire)
            .toList();
    if (!refused.isEmpty()) {
      throw new ApiException(
          HttpStatus.FORBIDDEN,
          subscriber.principal() == null ? "unauthorized" : "missing_scope",
          "Without the scope read there is no " + String.join(", ", refused) + ".",
          null);
    }
  }

  private static Set<StreamChannel> channels(JsonBody request) {
    Set<StreamChannel> channels = new LinkedHashSet<>();
    for (String name : request.texts("channels", StreamChannel.values().length * 2)) {
      channels.add(channel(name));
    }
    return channels;
  }

  private static StreamChannel channel(String name) {
    return StreamChannel.fromWire(name)
        .orElseThrow(
            () ->
                ApiException.malformed(
                    "unknown_channel",
                    "\"" + Problems.printable(name) + "\" is no channel.",
                    "prices, signals, trades, positions, portfolio, options, alerts, unresolved"));
  }

  private static Set<String> tickers(JsonBody request) {
    Set<String> tickers = new TreeSet<>();
    for (String ticker : request.texts("tickers", TICKERS_MAX)) {
      tickers.add(QueryValues.ticker(ticker).symbol());
    }
    return tickers;
  }

  private static TickerFilter added(TickerFilter before, TickerFilter after) {
    if (before.all()) {
      return new TickerFilter(false, Set.of());
    }
    Set<String> more = new TreeSet<>(after.chosen());
    more.removeAll(before.chosen());
    return new TickerFilter(false, more);
  }

  private static @Nullable JsonNode requestId(JsonBody request) {
    JsonNode id = request.field("request_id");
    if (id == null) {
      return null;
    }
    boolean plain = id.isString() || id.isIntegralNumber();
    if (!plain || id.asString().length() > REQUEST_ID_MAX) {
      throw ApiException.malformed(
          "wrong_type",
          "request_id is not a string of at most " + REQUEST_ID_MAX + " characters.",
          "\"1\"");
    }
    return id;
  }

  /** A client and how much it has asked. */
  private static final class Client {
    private static final double REQUESTS_PER_SECOND = 20;
    private static final double BURST = 200;

    private final Subscriber subscriber;
    private int failedKeys;
    private double allowance = BURST;
    private long askedAt = System.nanoTime();

    Client(Subscriber subscriber) {
      this.subscriber = subscriber;
    }

    boolean mayAsk() {
      long now = System.nanoTime();
      allowance = Math.min(BURST, allowance + (now - askedAt) / 1e9 * REQUESTS_PER_SECOND);
      askedAt = now;
      if (allowance < 1) {
        return false;
      }
      allowance -= 1;
      return true;
    }
  }
}
