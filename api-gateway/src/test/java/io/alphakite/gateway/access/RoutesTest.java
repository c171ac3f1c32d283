package io.alphakite.gateway.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.alphakite.gateway.TestGateway;
import io.alphakite.gateway.TestGateway.Answer;
import java.net.http.HttpRequest;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/** Every route as every kind of caller. */
class RoutesTest {
  private static TestGateway gateway;
  private static String reader;
  private static String trader;
  private static String admin;

  @BeforeAll
  static void start() {
    gateway = TestGateway.start();
    reader = gateway.newKey("read");
    trader = gateway.newKey("trade");
    admin = gateway.newKey("admin");
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  static Stream<Arguments> routes() {
    return Routes.all().stream()
        .map(route -> Arguments.of(route.method(), path(route), route.need()));
  }

  @ParameterizedTest
  @MethodSource("routes")
  void admitsWhoMayAndNobodyElse(String method, String path, Need need) {
    boolean open = need == Need.NOTHING || need == Need.MARKET_DATA;
    assertAdmitted(ask(method, path, null), open, 401);
    assertAdmitted(ask(method, path, reader), open || need == Need.READ, 403);
    assertAdmitted(ask(method, path, trader), open || need == Need.TRADE, 403);
    assertAdmitted(ask(method, path, admin), true, 0);
    assertThat(ask(method, path, "kite_no_such_key").status()).isEqualTo(401);
  }

  @Test
  void knowsEveryHandlerAndHasAHandlerForEveryRouteOfTheApi() {
    Set<String> handled =
        gateway
            .bean("requestMappingHandlerMapping", RequestMappingHandlerMapping.class)
            .getHandlerMethods()
            .keySet()
            .stream()
            .flatMap(
                info ->
                    info.getMethodsCondition().getMethods().stream()
                        .flatMap(
                            method ->
                                info.getPatternValues().stream()
                                    .map(pattern -> method + " " + pattern)))
            .filter(route -> route.contains(" /v1/") || route.contains(" /signin"))
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> known =
        Routes.all().stream()
            .map(route -> route.method() + " " + route.pattern().getPatternString())
            .filter(route -> route.contains(" /v1/") || route.contains(" /signin"))
            .filter(route -> !route.endsWith("/v1/stream"))
            .collect(Collectors.toCollection(TreeSet::new));

    assertThat(handled).isEqualTo(known);
  }

  private static void assertAdmitted(Answer answer, boolean admitted, int refusal) {
    if (admitted) {
      // A sign-in without a token is refused by the link, not by the door.
      assertThat(answer.code()).isNotIn("unauthorized", "missing_scope", "invalid_key");
      assertThat(answer.status()).as(answer.body()).isNotIn(403, 405, 500);
    } else {
      assertThat(answer.status()).as(answer.body()).isEqualTo(refusal);
    }
  }

  private static Answer ask(
      String method, String path, @org.jspecify.annotations.Nullable String key) {
    HttpRequest.Builder request = gateway.request(method, path);
    if (key != null) {
      request.header("Authorization", "Bearer " + key);
    }
    return gateway.send(request);
  }

  private static String path(Routes.Route route) {
    return route
        .pattern()
        .getPatternString()
        .replace("{ticker}", "SPY")
        .replace("{id}", "00000000-0000-0000-0000-000000000000")
        .replaceAll("\\{file:.*}", "favicon.svg")
        .replace("/**", "/x");
  }
}
