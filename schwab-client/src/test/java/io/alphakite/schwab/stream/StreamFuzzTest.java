package io.alphakite.schwab.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.alphakite.model.market.Price;
import io.alphakite.schwab.fuzz.Mutator;
import io.alphakite.schwab.stream.StreamEvent.AccountActivity;
import io.alphakite.schwab.stream.StreamEvent.BarUpdate;
import io.alphakite.schwab.stream.StreamEvent.BookLevel;
import io.alphakite.schwab.stream.StreamEvent.BookUpdate;
import io.alphakite.schwab.stream.StreamEvent.EquityUpdate;
import io.alphakite.schwab.stream.StreamEvent.LevelOneUpdate;
import io.alphakite.schwab.stream.StreamEvent.OptionUpdate;
import io.alphakite.schwab.stream.StreamEvent.ScreenerItem;
import io.alphakite.schwab.stream.StreamEvent.ScreenerUpdate;
import io.alphakite.schwab.stream.activity.ActivityMessage.OrderActivity;
import io.alphakite.schwab.stream.activity.OrderEvent;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Frames of the reference's shapes, damaged: nothing fails, nothing grows, and a number that comes
 * out is the one that went in, read a second time by a tree of its own.
 */
class StreamFuzzTest {

  private static final Logger log = LoggerFactory.getLogger(StreamFuzzTest.class);

  private static final String FILL =
      """
      {\\"SchwabOrderID\\":\\"1000000000001\\",\\"AccountNumber\\":\\"12345678\\",\\"BaseEvent\\":{\
      \\"EventType\\":\\"OrderFillCompleted\\",\\"OrderFillCompletedEventOrderLegQuantityInfo\\":{\
      \\"LegId\\":\\"7\\",\\"QuantityInfo\\":{\\"ExecutionID\\":\\"q\\",\
      \\"CumulativeQuantity\\":{\\"lo\\":\\"10000000\\",\\"signScale\\":12},\
      \\"LeavesQuantity\\":{\\"signScale\\":12},\
      \\"AveragePrice\\":{\\"lo\\":\\"2134091\\",\\"signScale\\":8}},\
      \\"ExecutionInfo\\":{\\"ExecutionId\\":\\"e\\",\
      \\"ExecutionPrice\\":{\\"lo\\":\\"2134091\\",\\"signScale\\":9},\
      \\"ExecutionTimeStamp\\":{\\"DateTimeString\\":\\"2026-01-05 09:31:08.123\\"},\
      \\"ExecutionTransType\\":\\"Fill\\"}}}}""";

  private static final List<String> FRAMES =
      List.of(
          Decoding.frame(
              StreamService.LEVELONE_EQUITIES,
              """
              {"key":"ABC","delayed":false,"assetMainType":"EQUITY","cusip":"0","1":50.01,"2":50.02,
               "3":50.015,"4":7,"5":12,"8":345678,"9":100,"10":50.4,"11":49.4,"12":49.5,"17":0,
               "18":0.5,"32":"Normal","33":50.0,"34":1767623400123,"35":1767623399990}""",
              "{\"key\":\"ABC\",\"1\":0,\"2\":null,\"8\":345778}"),
          Decoding.frame(
              StreamService.LEVELONE_OPTIONS,
              """
              {"key":"ABC   260320C00050000","delayed":false,"2":2.1,"3":2.2,"4":2.15,"8":120,
               "10":31.2,"20":50,"21":"C","28":0.52,"29":-999,"30":-0.02,"38":1767623400000,
               "48":true}""",
              "{\"key\":\"ABC   260320C00050000\",\"2\":2.15,\"28\":-999.0}"),
          Decoding.frame(
              StreamService.LEVELONE_FUTURES,
              "{\"key\":\"/ESZ26\",\"1\":5000.25,\"2\":5000.5,\"6\":\"X\",\"30\":true}"),
          Decoding.frame(
              StreamService.LEVELONE_FOREX, "{\"key\":\"EUR/USD\",\"1\":1.08765,\"2\":1.0877}"),
          Decoding.frame(
              StreamService.CHART_EQUITY,
              """
              {"seq":12,"key":"ABC","1":150,"2":50.0,"3":50.1,"4":49.95,"5":50.05,"6":18250.0,
               "7":1767623400000,"8":20458}"""),
          Decoding.frame(
              StreamService.CHART_FUTURES,
              "{\"seq\":1,\"key\":\"/ESZ26\",\"1\":1767623400000,\"2\":1,\"3\":2,\"4\":1,\"5\":2,\"6\":9}"),
          Decoding.frame(
              StreamService.NYSE_BOOK,
              """
              {"key":"ABC","1":1767623400000,"2":[{"0":50.01,"1":300,"2":1,"3":[
                {"0":"NSDQ","1":300,"2":49900000}]}],"3":[{"0":50.02,"1":100,"2":1,"3":[]}]}"""),
          Decoding.frame(
              StreamService.SCREENER_EQUITY,
              """
              {"key":"$SPX_VOLUME_0","1":1767623400000,"2":"VOLUME","3":0,"4":[{"symbol":"ABC",
               "lastPrice":50.01,"netChange":0.51,"netPercentChange":0.0103,"totalVolume":28,
               "volume":9,"trades":4}]}"""),
          Decoding.frame(
              StreamService.ACCT_ACTIVITY,
              "{\"seq\":0,\"key\":\"me\",\"1\":\"\",\"2\":\"SUBSCRIBED\",\"3\":\"\"}",
              """
              {"seq":1,"key":"me","1":"12345678","2":"OrderFillCompleted","3":"%s"}"""
                  .formatted(FILL)),
          """
          {"response":[{"service":"ADMIN","command":"LOGIN","requestid":"1","timestamp":1767623400000,
            "content":{"code":0,"msg":"server=xyz-1;status=NP"}}],
           "notify":[{"heartbeat":"1767623410000"},{"service":"ADMIN","timestamp":1767623430000,
            "content":{"code":30,"msg":"Stop streaming due to empty subscription"}}]}""");

  private final long seed = Long.getLong("fuzz.seed", new Random().nextLong());
  private final Mutator mutator = new Mutator(seed);

  @Test
  void r35_readsNothingWrongInAFewSeconds() {
    fuzz(Duration.ofSeconds(4));
  }

  @Test
  @Tag("long")
  void r35_readsNothingWrongInMinutes() {
    fuzz(Duration.ofMinutes(3));
  }

  private void fuzz(Duration time) {
    long end = System.nanoTime() + time.toNanos();
    long count = 0;
    long events = 0;
    Decoding worn = new Decoding();
    String frame = "";
    try {
      while (System.nanoTime() < end) {
        frame = FRAMES.get(mutator.random().nextInt(FRAMES.size()));
        frame = mutator.reshape(frame);
        if (mutator.random().nextInt(4) == 0) {
          frame = reshapedPayload(frame);
        }
        Decoding fresh = new Decoding();
        assertThat(fresh.decoder.decode(frame)).as("it is JSON").isTrue();
        compare(frame, fresh.events);
        events += fresh.events.size();
        worn.decoder.decode(frame);
        frame = mutator.damage(frame);
        worn.decoder.decode(frame);
        if (count++ % 1_000 == 0) {
          worn.events.clear();
          worn.said.clear();
        }
      }
    } catch (RuntimeException | AssertionError e) {
      throw new AssertionError("seed " + seed + ", frame " + count + ": " + frame, e);
    }
    assertThat(worn.quarantine.contents()).hasSizeLessThanOrEqualTo(70);
    assertThat(events).as("the damage leaves something to compare").isPositive();
    log.atInfo()
        .addKeyValue("event", "fuzz.done")
        .addKeyValue("seed", seed)
        .log("Decoded {} damaged frames, {} events compared", count, events);
  }

  /** Damages the JSON inside the text of an account activity item. */
  private String reshapedPayload(String frame) {
    JsonNode tree = Mutator.tree(frame);
    for (JsonNode data : array(tree.path("data"))) {
      for (JsonNode item : array(data.path("content"))) {
        JsonNode payload = item.path("3");
        if (payload.isString()
            && payload.stringValue().startsWith("{")
            && item instanceof ObjectNode object) {
          String text = payload.stringValue();
          object.put(
              "3", mutator.random().nextBoolean() ? mutator.reshape(text) : mutator.damage(text));
        }
      }
    }
    return tree.toString();
  }

  private static List<JsonNode> array(JsonNode node) {
    return node.isArray() ? List.copyOf(node.values()) : List.of();
  }

  /** Finds for each event the items it can come from, and among them one with its numbers. */
  private static void compare(String frame, List<StreamEvent> events) {
    JsonNode tree = Mutator.tree(frame);
    for (StreamEvent event : events) {
      if (event instanceof StreamEvent.Heartbeat(long _, Instant at)) {
        assertThat(array(tree.path("notify")))
            .anyMatch(notice -> near(notice.get("heartbeat"), at.toEpochMilli()));
        continue;
      }
      boolean found = false;
      for (JsonNode data : array(tree.path("data"))) {
        for (JsonNode item : array(data.path("content"))) {
          found |= item.isObject() && explains(item, event);
        }
      }
      assertThat(found).as("an item that says %s", event).isTrue();
    }
  }

  private static boolean explains(JsonNode item, StreamEvent event) {
    return switch (event) {
      case EquityUpdate update -> explains(item, update);
      case OptionUpdate update ->
          key(item, update.symbol().format())
              && fields(item, update.carried(), update.image().fields());
      case LevelOneUpdate update ->
          key(item, update.key()) && fields(item, update.carried(), update.image());
      case BarUpdate bar -> explains(item, bar);
      case BookUpdate book ->
          key(item, book.key())
              && levels(item.path("2"), book.bids())
              && levels(item.path("3"), book.asks());
      case ScreenerUpdate screener -> key(item, screener.key()) && lines(item, screener);
      case AccountActivity activity -> explains(item, activity);
      default -> false;
    };
  }

  private static boolean key(JsonNode item, String key) {
    JsonNode own = item.has("key") ? item.get("key") : item.get("0");
    return own != null && own.isString() && own.stringValue().strip().equals(key.strip());
  }

  private static boolean explains(JsonNode item, EquityUpdate update) {
    if (!key(item, update.ticker().symbol())) {
      return false;
    }
    LevelOneEquity image = update.image();
    return (update.carried() >>> 52) == 0
        && price(item, update, 1, image.bid())
        && price(item, update, 2, image.ask())
        && price(item, update, 3, image.last())
        && price(item, update, 10, image.dayHigh())
        && price(item, update, 11, image.dayLow())
        && price(item, update, 12, image.previousClose())
        && price(item, update, 17, image.dayOpen())
        && whole(item, update, 4, image.bidSize())
        && whole(item, update, 5, image.askSize())
        && whole(item, update, 8, image.totalVolume())
        && whole(item, update, 9, image.lastSize())
        && other(item, update, 18)
        && other(item, update, 33);
  }

  private static boolean price(
      JsonNode item, EquityUpdate update, int field, @Nullable Price price) {
    JsonNode sent = item.get(Integer.toString(field));
    if (!update.carries(field)) {
      // Nothing that a market could mean may be lost.
      BigDecimal number = number(sent);
      return (sent == null || !sent.isNull())
          && (number == null
              || number.scale() > 40
              || number.abs().compareTo(new BigDecimal("99999999999999")) > 0);
    }
    if (sent == null || sent.isNull()) {
      return sent != null && price == null;
    }
    BigDecimal number = number(sent);
    return number != null
        && price != null
        && price.toBigDecimal().compareTo(number.setScale(4, RoundingMode.HALF_UP)) == 0;
  }

  private static boolean whole(
      JsonNode item, EquityUpdate update, int field, @Nullable Long whole) {
    JsonNode sent = item.get(Integer.toString(field));
    if (!update.carries(field)) {
      return true;
    }
    if (sent == null || sent.isNull()) {
      return sent != null && whole == null;
    }
    BigDecimal number = number(sent);
    return number != null
        && whole != null
        && number.subtract(BigDecimal.valueOf(whole)).abs().compareTo(new BigDecimal("0.50005"))
            <= 0;
  }

  private static boolean other(JsonNode item, EquityUpdate update, int field) {
    return !update.carries(field)
        || sameOrNull(item.get(Integer.toString(field)), update.image().others(), field);
  }

  private static boolean fields(JsonNode item, long carried, LevelOneFields image) {
    for (long left = carried; left != 0; left &= left - 1) {
      int field = Long.numberOfTrailingZeros(left);
      if (!sameOrNull(item.get(Integer.toString(field)), image, field)) {
        return false;
      }
    }
    return true;
  }

  private static boolean sameOrNull(@Nullable JsonNode sent, LevelOneFields image, int field) {
    if (sent == null || sent.isNull()) {
      return sent != null && image.state(field) == FieldState.NULL;
    }
    BigDecimal number = image.decimal(field);
    if (number != null) {
      return same(sent, number);
    }
    String text = image.text(field) == null ? String.valueOf(image.flag(field)) : image.text(field);
    return sent.isValueNode() && sent.asString().equals(text);
  }

  private static boolean explains(JsonNode item, BarUpdate bar) {
    boolean equity = bar.service() == StreamService.CHART_EQUITY;
    return key(item, bar.key())
        && same(item.get("2"), bar.open())
        && same(item.get("3"), bar.high())
        && same(item.get("4"), bar.low())
        && same(item.get("5"), bar.close())
        && same(item.get("6"), bar.volume())
        && bar.low().compareTo(bar.high()) <= 0
        && near(item.get(equity ? "7" : "1"), bar.start().toEpochMilli());
  }

  private static boolean levels(JsonNode side, List<BookLevel> levels) {
    List<JsonNode> sent = array(side);
    if (sent.size() != levels.size()) {
      return false;
    }
    for (int i = 0; i < sent.size(); i++) {
      if (!same(sent.get(i).get("0"), levels.get(i).price())
          || !near(sent.get(i).get("1"), levels.get(i).size())) {
        return false;
      }
    }
    return true;
  }

  private static boolean lines(JsonNode item, ScreenerUpdate screener) {
    for (ScreenerItem line : screener.items()) {
      if (array(item.path("4")).stream()
          .noneMatch(
              sent ->
                  sent.path("symbol").asString("").equals(line.symbol())
                      && (line.lastPrice() == null
                          || same(sent.get("lastPrice"), line.lastPrice())))) {
        return false;
      }
    }
    return true;
  }

  private static boolean explains(JsonNode item, AccountActivity activity) {
    JsonNode sent = item.path("3");
    if (sent.isString() && !sent.stringValue().equals(activity.payload())) {
      return false;
    }
    if (!(activity.message() instanceof OrderActivity order)
        || !(order.event() instanceof OrderEvent.FillCompleted fill)) {
      return true;
    }
    JsonNode base = Mutator.tree(activity.payload()).path("BaseEvent");
    for (JsonNode inner : base.isObject() ? base.values() : List.<JsonNode>of()) {
      JsonNode quantities = inner.path("QuantityInfo");
      if (packed(quantities.get("CumulativeQuantity"), fill.cumulativeQuantity())
          && packed(quantities.get("LeavesQuantity"), fill.leavesQuantity())
          && packed(quantities.get("AveragePrice"), fill.averagePrice())) {
        return true;
      }
    }
    return fill.cumulativeQuantity() == null && fill.averagePrice() == null;
  }

  private static boolean packed(@Nullable JsonNode sent, @Nullable BigDecimal value) {
    if (value == null) {
      return true;
    }
    if (sent == null || sent.has("hi")) {
      return false;
    }
    BigInteger lo = new BigInteger(sent.path("lo").asString("0"));
    int signScale = Integer.parseInt(sent.path("signScale").asString("0"));
    BigDecimal expected = new BigDecimal(lo, signScale / 2);
    return value.compareTo(signScale % 2 == 1 ? expected.negate() : expected) == 0;
  }

  private static boolean near(@Nullable JsonNode sent, long value) {
    BigDecimal number = number(sent);
    return number != null
        && number.subtract(BigDecimal.valueOf(value)).abs().compareTo(new BigDecimal("0.5")) <= 0;
  }

  private static boolean same(@Nullable JsonNode sent, BigDecimal value) {
    BigDecimal number = number(sent);
    return number != null && number.compareTo(value) == 0;
  }

  /** What a person would read: a number of sane size, or a text that is nothing but one. */
  private static @Nullable BigDecimal number(@Nullable JsonNode sent) {
    if (sent == null || !(sent.isNumber() || sent.isString())) {
      return null;
    }
    try {
      BigDecimal number =
          sent.isNumber() ? sent.decimalValue() : new BigDecimal(sent.stringValue().strip());
      return Math.abs((long) number.scale()) > 400 ? null : number;
    } catch (NumberFormatException _) {
      return null;
    }
  }

  @Test
  void remembersABoundedNumberOfKeys() {
    Decoding decoding = new Decoding();
    int tooMany = FrameDecoder.SYMBOLS_MAX + 500;
    for (int i = 0; i < tooMany; i++) {
      decoding.decode(
          StreamService.LEVELONE_EQUITIES,
          "{\"key\":\"T%d\",\"delayed\":false,\"3\":1}".formatted(i));
      decoding.decode(StreamService.LEVELONE_FOREX, "{\"key\":\"T%d\",\"1\":1}".formatted(i));
      decoding.decode(StreamService.NYSE_BOOK, "{\"key\":\"T%d\",\"2\":[],\"3\":[]}".formatted(i));
    }
    assertThat(decoding.counters.badItems.sum()).isEqualTo(1_000);
    String beyond = "T" + (tooMany - 1);
    assertThat(decoding.decoder.seen(StreamService.LEVELONE_EQUITIES, beyond)).isFalse();
    assertThat(decoding.decoder.seen(StreamService.NYSE_BOOK, beyond)).isFalse();
  }
}
