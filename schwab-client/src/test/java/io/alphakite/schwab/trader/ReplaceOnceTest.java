package io.alphakite.schwab.trader;

import static io.alphakite.schwab.FakeSchwab.HASH;
import static org.assertj.core.api.Assertions.assertThat;

import io.alphakite.model.market.Price;
import io.alphakite.model.market.Ticker;
import io.alphakite.schwab.FakeSchwab;
import java.nio.file.Path;
import java.time.Duration;
import mockwebserver3.MockResponse;
import mockwebserver3.SocketEffect;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/** However a replacement or a preview ends, it reaches the server exactly once. */
class ReplaceOnceTest {

  private static final long OLD = 1_000_000_000_001L;
  private static final String REPLACE = "PUT /trader/v1/accounts/" + HASH + "/orders/1000000000001";
  private static final String PREVIEW = "POST /trader/v1/accounts/" + HASH + "/previewOrder";
  private static final String LOCATION =
      "https://api.schwabapi.com/trader/v1/accounts/" + HASH + "/orders/";
  private static final AccountHash ACCOUNT = new AccountHash(HASH);
  private static final OrderRequest ORDER =
      Orders.buy(Ticker.of("SPY"), 10).limit(Price.of("50.02"));

  private final FakeSchwab schwab = new FakeSchwab();
  private final Trader trader;
  private final Trader impatient;

  ReplaceOnceTest(@TempDir Path directory) {
    this.trader = schwab.patientApi(directory).trader();
    this.impatient = schwab.api(directory).trader();
  }

  @AfterEach
  void close() {
    schwab.close();
  }

  private PlaceResult replace(MockResponse answer) {
    return replace(trader, answer);
  }

  /** A machine that pauses before the first byte has sent nothing, and may begin again. */
  private PlaceResult replace(Trader by, MockResponse answer) {
    schwab.on(REPLACE, _ -> answer);
    long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    PlaceResult result;
    do {
      result = by.replace(ACCOUNT, OLD, ORDER);
    } while (result instanceof PlaceResult.NotSent && System.nanoTime() < end);
    assertThat(schwab.count(REPLACE)).as("requests at the server").isEqualTo(1);
    return result;
  }

  private PreviewResult preview(MockResponse answer) {
    schwab.on(PREVIEW, _ -> answer);
    PreviewResult result = trader.preview(ACCOUNT, ORDER);
    assertThat(schwab.count(PREVIEW)).as("requests at the server").isEqualTo(1);
    return result;
  }

  private static MockResponse created(String location) {
    return FakeSchwab.answer(201, "").addHeader("Location", location).build();
  }

  private static MockResponse reset() {
    return new MockResponse.Builder().onResponseStart(new SocketEffect.CloseSocket()).build();
  }

  private static MockResponse silence() {
    return new MockResponse.Builder().onResponseStart(SocketEffect.Stall.INSTANCE).build();
  }

  @Test
  void givesTheNewOrdersId() {
    assertThat(replace(created(LOCATION + "1000000000002")))
        .isEqualTo(new PlaceResult.Accepted(1_000_000_000_002L));
    assertThat(JsonMapper.shared().readTree(FakeSchwab.body(schwab.requests(REPLACE).getFirst())))
        .as("all of the order")
        .isEqualTo(JsonMapper.shared().readTree(OrderJson.write(ORDER)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"1000000000001", "", "abc", "0"})
  void doesNotTakeTheOldOrdersIdOrNoneForTheNewOrders(String id) {
    assertThat(replace(created(LOCATION + id))).isInstanceOf(PlaceResult.Unidentified.class);
  }

  @Test
  void isUnidentifiedWithoutLocation() {
    assertThat(replace(FakeSchwab.answer(201, "").build()))
        .isInstanceOf(PlaceResult.Unidentified.class);
  }

  @Test
  void isRefusedByTheBrokersOwnWords() {
    assertThat(
            replace(
                FakeSchwab.json(400, "{\"message\":\"Order in state FILLED cannot be replaced\"}")))
        .isEqualTo(new PlaceResult.Refused(400, "Order in state FILLED cannot be replaced"));
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 204, 307, 308, 408, 409, 500, 502, 503, 504})
  void isUnconfirmedAndNotRepeatedWhenAskedToRetryAtOnce(int status) {
    assertThat(
            replace(
                FakeSchwab.answer(status, status == 204 ? "" : "{\"message\":\"later\"}")
                    .addHeader("Retry-After", "0")
                    .addHeader("Location", schwab.url() + "/elsewhere")
                    .build()))
        .isInstanceOf(PlaceResult.Unconfirmed.class);
    assertThat(schwab.count("PUT /elsewhere")).isZero();
  }

  @Test
  void isUnconfirmedWhenTheConnectionIsReset() {
    assertThat(replace(reset())).isInstanceOf(PlaceResult.Unconfirmed.class);
  }

  @Test
  void isUnconfirmedWhenNoAnswerComes() {
    assertThat(replace(impatient, silence())).isInstanceOf(PlaceResult.Unconfirmed.class);
  }

  @Test
  void isThrottled() {
    assertThat(replace(FakeSchwab.answer(429, "").addHeader("Retry-After", "3").build()))
        .isEqualTo(new PlaceResult.Throttled(Duration.ofSeconds(3)));
  }

  @Test
  void isNotRepeatedWithANewToken() {
    assertThat(replace(FakeSchwab.json(401, "{\"errors\":[{\"title\":\"Unauthorized\"}]}")))
        .isEqualTo(new PlaceResult.Refused(401, "Unauthorized"));
  }

  @Test
  void isNotSentWhenTheGateClosesAtTheLastMoment() {
    assertThat(trader.replace(ACCOUNT, OLD, ORDER, () -> false))
        .isEqualTo(new PlaceResult.NotSent("no longer wanted"));
    assertThat(schwab.count(REPLACE)).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {307, 408, 500, 503})
  void doesNotRepeatAPreview(int status) {
    assertThat(
            preview(
                FakeSchwab.answer(status, "")
                    .addHeader("Retry-After", "0")
                    .addHeader("Location", schwab.url() + "/elsewhere")
                    .build()))
        .isInstanceOf(PreviewResult.Failed.class);
  }

  @Test
  void doesNotRepeatAPreviewWithoutAnswer() {
    assertThat(preview(reset())).isInstanceOf(PreviewResult.Failed.class);
  }

  @Test
  void tellsWhyAnOrderCannotEvenBePreviewed() {
    assertThat(preview(FakeSchwab.json(400, "{\"message\":\"Invalid account number\"}")))
        .isEqualTo(new PreviewResult.Refused(400, "Invalid account number"));
  }

  @Test
  void tellsThatPreviewsAreThrottled() {
    assertThat(preview(FakeSchwab.answer(429, "").build()))
        .isEqualTo(new PreviewResult.Throttled(null));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "{}", "{\"orderStrategy\":7}", "<html></html>"})
  void takesNothingElseForAPreview(String body) {
    assertThat(preview(FakeSchwab.json(200, body))).isInstanceOf(PreviewResult.Failed.class);
  }
}
