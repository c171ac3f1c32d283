package io.alphakite.gateway.documentation;

import static org.assertj.core.api.Assertions.assertThat;

import io.alphakite.gateway.TestGateway;
import io.alphakite.gateway.TestGateway.Answer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springdoc.webmvc.api.OpenApiWebMvcResource;
import org.springframework.mock.web.MockHttpServletRequest;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;

class OpenApiTest {
  private static final String SOURCE = "api-gateway/src/main/resources/openapi.json";

  private static TestGateway gateway;
  private static JsonNode document;

  @BeforeAll
  static void start() throws IOException {
    gateway = TestGateway.start();
    Answer answer = gateway.get("/v1/openapi.json");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("Content-Type")).isEqualTo("application/json");
    document = answer.json();
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  /** The document in the sources is what the code says now; when it isn't, the fix is one copy. */
  @Test
  void isWhatTheCodeSays() throws Exception {
    OpenApiWebMvcResource springdoc = gateway.bean(OpenApiWebMvcResource.class);
    byte[] made =
        springdoc.openapiJson(
            new MockHttpServletRequest("GET", "/v3/api-docs"), "/v3/api-docs", Locale.ENGLISH);
    Path file = Path.of("target", "openapi.json");
    JsonNode current = TestGateway.JSON.readTree(made);
    // Sorted, so that a change shows as one.
    Files.writeString(
        file,
        TestGateway.JSON
                .writerWithDefaultPrettyPrinter()
                .with(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
                .writeValueAsString(TestGateway.JSON.treeToValue(current, Map.class))
            + "\n");
    assertThat(document.equals(current))
        .as("openapi.json is what the code says; if not: cp api-gateway/%s %s", file, SOURCE)
        .isTrue();
  }

  @Test
  void isOpenApi31AndSaysWhatItIs() {
    assertThat(document.get("openapi").stringValue()).startsWith("3.1");
    assertThat(document.get("info").get("title").stringValue()).isEqualTo("Alpha Kite");
    assertThat(document.get("paths").has("/error")).isFalse();
  }

  @Test
  void describesEveryAnswerAndError() {
    document
        .get("paths")
        .forEachEntry(
            (path, item) ->
                item.forEachEntry(
                    (method, operation) -> {
                      String call = method + " " + path;
                      assertThat(operation.get("summary").stringValue()).as(call).isNotBlank();
                      JsonNode responses = operation.get("responses");
                      assertThat(responses.get("default").get("content").toString())
                          .as(call)
                          .contains("#/components/schemas/Problem");
                      responses.forEachEntry(
                          (status, response) -> {
                            if (status.equals("200")
                                || status.equals("201")
                                || status.equals("202")) {
                              assertThat(response.path("content").has("application/json"))
                                  .as(call)
                                  .isTrue();
                            }
                          });
                    }));
    for (JsonNode reference : document.findValues("$ref")) {
      String name = reference.stringValue().replace("#/components/schemas/", "");
      assertThat(document.get("components").get("schemas").has(name)).as(name).isTrue();
    }
  }

  @Test
  void namesFieldsAsTheyAreSent() {
    JsonNode schemas = document.get("components").get("schemas");
    JsonNode trade = schemas.get("TradeView").get("properties");
    assertThat(trade.has("average_fill_price")).isTrue();
    assertThat(trade.get("average_fill_price").get("type").toString()).contains("string", "null");
    assertThat(trade.get("quantity").get("type").stringValue()).isEqualTo("string");
    assertThat(schemas.get("TradeView").get("required").toString()).contains("reject_reason");
    assertThat(schemas.get("PricePoint").get("properties").get("sma9").get("type").toString())
        .contains("number", "null");
    assertThat(schemas.get("TradeRequest").get("required").toString())
        .isEqualTo("[\"order_type\",\"quantity\",\"side\",\"ticker\"]");
    assertThat(document.toString()).doesNotContain("x-record");
    JsonNode prices = document.get("paths").get("/v1/equities/{ticker}/prices").get("get");
    assertThat(prices.get("security").size()).isEqualTo(3);
  }

  @Test
  void matchesWhatIsAnswered() {
    gateway.database.execute(
        "INSERT INTO quotes (ticker, last, received_at) VALUES ('SPY', 1.5, now())");
    assertSameFields("QuoteView", gateway.get("/v1/equities/SPY/quote").json());
    assertSameFields("SystemStatus", gateway.asAdmin("GET", "/v1/system/status").json());
    assertSameFields("ControlsView", gateway.asAdmin("GET", "/v1/trading/controls").json());
    assertSameFields("PortfolioView", gateway.asAdmin("GET", "/v1/portfolio").json());
    assertSameFields("SessionView", gateway.get("/v1/session").json());
    assertSameFields(
        "TradeView",
        gateway
            .asAdmin(
                "POST",
                "/v1/trades",
                "{\"ticker\":\"SPY\",\"side\":\"buy\",\"quantity\":1,\"order_type\":\"market\"}")
            .json());
  }

  private static void assertSameFields(String schema, JsonNode answer) {
    assertThat(
            document.get("components").get("schemas").get(schema).get("properties").propertyNames())
        .containsExactlyInAnyOrderElementsOf(answer.propertyNames());
  }

  @Test
  void showsItsPages() {
    Answer docs = gateway.get("/docs");
    assertThat(docs.status()).isEqualTo(302);
    Answer page = gateway.get(docs.header("Location"));
    assertThat(page.status()).isEqualTo(200);
    assertThat(page.header("Content-Type")).startsWith("text/html");
    assertThat(page.body()).contains("swagger-ui-bundle.js", "swagger-initializer.js");
    assertThat(gateway.get("/docs/swagger-ui-bundle.js").status()).isEqualTo(200);
    assertThat(gateway.get("/docs/swagger-ui.css").status()).isEqualTo(200);
    assertThat(gateway.get("/docs/swagger-initializer.js").body())
        .contains("url: '/v1/openapi.json'");
  }
}
