package io.alphakite.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.alphakite.gateway.TestGateway.Answer;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Asking for tickers and taking them away. */
class TickersTest {
  private static TestGateway gateway;

  @BeforeAll
  static void start() {
    gateway = TestGateway.start(Map.of("STREAM_TICKERS_MAX", "4"));
    gateway.database.execute(
        """
        INSERT INTO tickers (ticker, streamed, in_setting, status)
        VALUES ('SPY', true, true, 'streaming'), ('OLD', false, false, 'removed');
        INSERT INTO positions (account_id, ticker, quantity, average_price, cost_basis, realized_pnl)
        VALUES ('1', 'SPY', 5, 100, 500, 0);
        """);
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  @Test
  void wishIsStoredAndTheStreamingServiceSaysWhatCameOfIt() {
    Answer added = gateway.asAdmin("PUT", "/v1/tickers/BRK.B");
    assertThat(added.status()).isEqualTo(202);
    assertThat(added.json().get("status").stringValue()).isEqualTo("waiting");
    assertThat(added.json().get("source").stringValue()).isEqualTo("person");
    assertThat(added.json().get("streamed").booleanValue()).isFalse();
    assertThat(gateway.asAdmin("PUT", "/v1/tickers/BRK.B").status()).isEqualTo(202);

    gateway.database.execute(
        "UPDATE tickers SET status = 'refused', reason = '19 limit' WHERE ticker = 'BRK.B'");
    JsonNode refused = gateway.get("/v1/tickers/BRK.B").json();
    assertThat(refused.get("status").stringValue()).isEqualTo("refused");
    assertThat(refused.get("reason").stringValue()).isEqualTo("19 limit");
    JsonNode listed = gateway.get("/v1/tickers").json().get("items");
    assertThat(listed.findValuesAsString("ticker")).contains("BRK.B", "SPY").doesNotContain("OLD");

    gateway.database.execute(
        "UPDATE tickers SET status = 'streaming', streamed = true WHERE ticker = 'BRK.B'");
    Answer removed = gateway.asAdmin("DELETE", "/v1/tickers/BRK.B");
    assertThat(removed.status()).isEqualTo(202);
    assertThat(removed.json().get("status").stringValue()).isEqualTo("leaving");
    assertThat(removed.json().get("wanted").booleanValue()).isFalse();
    gateway.database.execute(
        "UPDATE tickers SET status = 'removed', streamed = false WHERE ticker = 'BRK.B'");
    assertThat(gateway.get("/v1/tickers/BRK.B").json().get("status").stringValue())
        .isEqualTo("removed");
    assertThat(gateway.asAdmin("PUT", "/v1/tickers/BRK.B").json().get("status").stringValue())
        .isEqualTo("waiting");
    assertThat(gateway.asAdmin("DELETE", "/v1/tickers/BRK.B").status()).isEqualTo(202);
  }

  @Test
  void tickerWithAPositionIsRemovedOnlyByForce() {
    Answer refused = gateway.asAdmin("DELETE", "/v1/tickers/SPY");
    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.code()).isEqualTo("ticker_in_use");
    assertThat(gateway.get("/v1/tickers/SPY").json().get("wanted").booleanValue()).isTrue();

    Answer forced = gateway.asAdmin("DELETE", "/v1/tickers/SPY?force=true");
    assertThat(forced.status()).isEqualTo(202);
    assertThat(forced.json().get("wanted").booleanValue()).isFalse();
    assertThat(forced.json().get("in_setting").booleanValue()).isTrue();
    assertThat(forced.json().get("warning").stringValue()).contains("position");
    assertThat(gateway.asAdmin("PUT", "/v1/tickers/SPY").json().get("warning").isNull()).isTrue();
  }

  @Test
  void moreThanTheLimitAreRefused() {
    for (String ticker : new String[] {"AA", "AB", "AC"}) {
      assertThat(gateway.asAdmin("PUT", "/v1/tickers/" + ticker).status()).isEqualTo(202);
    }
    Answer fifth = gateway.asAdmin("PUT", "/v1/tickers/AD");
    assertThat(fifth.status()).isEqualTo(409);
    assertThat(fifth.code()).isEqualTo("too_many_tickers");
    assertThat(gateway.get("/v1/tickers/AD").status()).isEqualTo(404);
    for (String ticker : new String[] {"AA", "AB", "AC"}) {
      assertThat(gateway.asAdmin("DELETE", "/v1/tickers/" + ticker).status()).isEqualTo(202);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "PUT,    spy,            400, invalid_ticker",
    "PUT,    NO%20SUCH,      400, invalid_ticker",
    "DELETE, S%22,           400, invalid_ticker",
    "DELETE, SPY?force=yes,  400, invalid_force",
    "DELETE, NEVER,          404, ticker_not_found",
    "GET,    NEVER,          404, ticker_not_found",
  })
  void whatIsWrongIsSaid(String method, String path, int status, String code) {
    Answer answer = gateway.asAdmin(method, "/v1/tickers/" + path);
    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.code()).isEqualTo(code);
  }
}
