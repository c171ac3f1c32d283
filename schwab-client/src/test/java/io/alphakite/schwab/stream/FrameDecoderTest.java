package io.alphakite.schwab.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.alphakite.model.market.Price;
import io.alphakite.model.market.Ticker;
import io.alphakite.schwab.stream.StreamEvent.EquityUpdate;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FrameDecoderTest {

  private static final Instant NOW = Instant.parse("2026-01-05T14:30:00Z");

  private final List<StreamEvent> events = new ArrayList<>();
  private final List<String> said = new ArrayList<>();
  private final Counters counters = new Counters();
  private final FrameDecoder decoder =
      new FrameDecoder(
          7,
          InstantSource.fixed(NOW),
          counters,
          new Quarantine(),
          ChartLayout.OBSERVED,
          new FrameDecoder.Sink() {
            @Override
            public void data(StreamService service, StreamEvent event) {
              events.add(event);
            }

            @Override
            public void heartbeat(StreamEvent.Heartbeat heartbeat) {
              events.add(heartbeat);
            }

            @Override
            public void damaged(StreamEvent.Damaged event) {}

            @Override
            public void interrupted(StreamEvent.Damaged event) {}

            @Override
            public void answer(String requestId, int code, String message) {
              said.add("answer " + requestId + " " + code + " " + message);
            }

            @Override
            public void notice(int code, String message) {
              said.add("notice " + code + " " + message);
            }
          });

  private EquityUpdate only() {
    assertThat(events).hasSize(1);
    return (EquityUpdate) events.getFirst();
  }

  private static String frame(String content) {
    return """
        {"data":[{"service":"LEVELONE_EQUITIES","timestamp":1767623400500,"command":"SUBS",
          "content":[%s]}]}"""
        .formatted(content);
  }

  @Test
  void readsEveryFieldOfAnImage() {
    assertThat(
            decoder.decode(
                frame(
                    """
                    {"key":"ABC","delayed":true,"assetMainType":"EQUITY","cusip":"x","0":"ABC",
                     "1":50.01,"2":"50.02","3":50.015,"4":7,"5":12.0,"8":345678,"9":100,
                     "10":50.4,"11":49.4,"12":49.5,"17":0,"32":"Normal",
                     "34":1767623400123,"35":1767623399990}""")))
        .isTrue();
    EquityUpdate update = only();
    assertThat(update.generation()).isEqualTo(7);
    assertThat(update.image())
        .isEqualTo(
            new LevelOneEquity(
                Ticker.of("ABC"),
                Price.of("50.01"),
                Price.of("50.02"),
                Price.of("50.015"),
                7L,
                12L,
                345_678L,
                100L,
                Price.of("50.4"),
                Price.of("49.4"),
                Price.of("49.5"),
                new Price(0),
                "Normal",
                Instant.ofEpochMilli(1767623400123L),
                Instant.ofEpochMilli(1767623399990L),
                true,
                update.carried(),
                LevelOneFields.NONE));
    assertThat(counters.unknownFields.sum()).isZero();
  }

  @Test
  void takesTheKeyWhereverItStands() {
    decoder.decode(frame("{\"3\":1.5,\"8\":5,\"delayed\":false,\"key\":\"ABC\"}"));
    assertThat(only().image().last()).isEqualTo(Price.of("1.5"));
  }

  @Test
  void takesContentBeforeItsService() {
    decoder.decode(
        """
        {"data":[{"content":[{"key":"ABC","delayed":false,"3":1.5}],"timestamp":1767623400500,
          "service":"LEVELONE_EQUITIES"}]}""");
    assertThat(only().serverTime()).isEqualTo(Instant.ofEpochMilli(1767623400500L));
  }

  @Test
  void readsSeveralServicesAndTopLevelKeysOfOneFrame() {
    decoder.decode(
        """
        {"notify":[{"heartbeat":"1767623410000"}],
         "data":[{"service":"CHART_EQUITY","timestamp":1,"content":[{"key":"ABC","1":[{"0":1}]}]},
           {"service":"LEVELONE_EQUITIES","timestamp":2,"content":[
             {"key":"ABC","delayed":false,"3":1},{"key":"DEF","delayed":false,"3":2}]},
           {"service":"ACCT_ACTIVITY","timestamp":3,"content":[{"seq":4,"1":"","2":"X","3":{"a":1}}]}],
         "response":[{"service":"ADMIN","command":"LOGIN","requestid":1,
           "content":{"code":0,"msg":"server=x;status=NP"}}],
         "surprise":{"x":[1,2,{"y":null}]}}""");
    assertThat(events)
        .extracting(event -> event.getClass().getSimpleName())
        .containsExactly("Heartbeat", "EquityUpdate", "EquityUpdate", "AccountActivity");
    assertThat(((StreamEvent.AccountActivity) events.get(3)).payload()).isEqualTo("{\"a\":1}");
    assertThat(said).containsExactly("answer 1 0 server=x;status=NP");
    assertThat(counters.unknownServices.sum()).isEqualTo(1);
    assertThat(counters.badItems.sum()).as("a bar of arrays").isEqualTo(1);
  }

  @Test
  void keepsAValueThatCannotBeReadAsItWas() {
    decoder.decode(frame("{\"key\":\"ABC\",\"delayed\":false,\"3\":1.5,\"8\":10}"));
    decoder.decode(frame("{\"key\":\"ABC\",\"3\":\"NaN\",\"8\":{\"x\":1},\"99\":1,\"foo\":[1]}"));
    EquityUpdate update = (EquityUpdate) events.getLast();
    assertThat(update.image().last()).isEqualTo(Price.of("1.5"));
    assertThat(update.image().totalVolume()).isEqualTo(10);
    assertThat(update.carried()).isZero();
    assertThat(counters.badValues.sum()).isEqualTo(2);
    assertThat(counters.unknownFields.sum()).isEqualTo(2);
  }

  @Test
  void dropsDeltasBeforeTheImage() {
    decoder.decode(frame("{\"key\":\"ABC\",\"3\":1.5}"));
    assertThat(events).isEmpty();
    assertThat(counters.earlyDeltas.sum()).isEqualTo(1);
    assertThat(decoder.seen(StreamService.LEVELONE_EQUITIES, "ABC")).isFalse();
  }

  @Test
  void forgetsWhatASecondImageDoesNotCarry() {
    decoder.decode(frame("{\"key\":\"ABC\",\"delayed\":false,\"1\":1,\"3\":1.5}"));
    decoder.decode(frame("{\"key\":\"ABC\",\"delayed\":false,\"3\":1.6}"));
    EquityUpdate update = (EquityUpdate) events.getLast();
    assertThat(update.image().bid()).isNull();
    assertThat(update.first()).isFalse();
  }

  @Test
  void takesAnUnmarkedImageOnlyForASymbolWithoutOne() {
    decoder.decode(frame("{\"key\":\"ABC\",\"1\":1,\"3\":1.5,\"8\":10,\"12\":1.4}"));
    decoder.decode(frame("{\"key\":\"ABC\",\"3\":1.6,\"8\":11,\"12\":1.5}"));
    EquityUpdate update = (EquityUpdate) events.getLast();
    assertThat(update.image().bid()).isEqualTo(Price.of("1"));
    assertThat(update.image().previousClose()).isEqualTo(Price.of("1.5"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "nonsense",
        "[]",
        "17",
        "{\"notify\":[{\"heartbeat\":1e99999999999}]}",
        "{\"data\":[{\"service\":\"LEVELONE_EQUITIES\"",
        "{\"data\":[]} trailing {",
        "{\"data\":[{\"service\":\"LEVELONE_EQUITIES\",\"timestamp\":1,\"content\":[{\"key\":\"A\","
            + "\"delayed\":false,\"3\":1"
      })
  void countsGarbledFrames(String frame) {
    assertThat(decoder.decode(frame)).isFalse();
    assertThat(counters.garbledFrames.sum()).isEqualTo(1);
    assertThat(events).isEmpty();
  }

  @Test
  void survivesDeepNesting() {
    assertThat(decoder.decode("{\"data\":" + "[".repeat(100_000))).isFalse();
    assertThat(decoder.decode(frame("{\"key\":\"ABC\",\"1\":" + "[".repeat(2_000) + "}")))
        .isFalse();
    assertThat(events).isEmpty();
  }

  @Test
  void survivesWrongTypesEverywhere() {
    for (String value : new String[] {"null", "1", "\"x\"", "true", "[]", "{}", "[[]]", "[{}]"}) {
      for (String name : new String[] {"data", "response", "notify", "other"}) {
        assertThat(decoder.decode("{\"%s\":%s}".formatted(name, value))).isTrue();
      }
      for (String name :
          new String[] {"service", "timestamp", "content", "key", "1", "8", "32", "34"}) {
        decoder.decode(
            "{\"data\":[{\"service\":\"LEVELONE_EQUITIES\",\"timestamp\":1,\"%s\":%s}]}"
                .formatted(name, value));
        decoder.decode(frame("{\"key\":\"ABC\",\"%s\":%s}".formatted(name, value)));
      }
    }
    assertThat(counters.garbledFrames.sum()).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "0,0",
    "1,10000",
    "50.01,500100",
    "50.015,500150",
    "0.00005,1",
    "0.000049999,0",
    "-0.00005,-1",
    "-1.5,-15000",
    "1e2,1000000",
    "1.5E-1,1500",
    "99999999999999,999999999999990000",
    "0.1234567890123456789,1235"
  })
  void readsDecimalsExactly(String text, long e4) {
    assertThat(Decimals.e4(text.toCharArray(), 0, text.length())).isEqualTo(e4);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "-",
        ".",
        "NaN",
        "1.2.3",
        "1e999999999",
        "1e-99999999",
        "999999999999999",
        "--1"
      })
  void refusesWhatIsNoDecimal(String text) {
    assertThat(Decimals.e4(text.toCharArray(), 0, text.length())).isEqualTo(Decimals.UNREADABLE);
  }

  @Test
  void agreesWithBigDecimal() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int i = 0; i < 20_000; i++) {
      BigDecimal value =
          BigDecimal.valueOf(
              random.nextLong(-1_000_000_000_000L, 1_000_000_000_000L), random.nextInt(9));
      String text = value.toPlainString();
      assertThat(Decimals.e4(text.toCharArray(), 0, text.length()))
          .as("seed %d: %s", seed, text)
          .isEqualTo(value.setScale(4, RoundingMode.HALF_UP).unscaledValue().longValueExact());
    }
  }
}
