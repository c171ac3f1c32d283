package io.alphakite.gateway.operations;

import io.alphakite.gateway.operations.OperationViews.Engine;
import io.alphakite.gateway.operations.OperationViews.Feed;
import io.alphakite.platform.health.CheckResult;
import io.alphakite.platform.health.HealthCheck;
import java.util.List;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What the gateway's own health depends on beside the database. */
@Configuration(proxyBeanMethods = false)
class OperationsChecks {

  @Bean
  HealthCheck freshnessCheck(Operations operations) {
    return check(
        "freshness",
        () -> {
          List<Feed> feed = operations.feed();
          if (feed.isEmpty()) {
            return CheckResult.degraded("no ticker is streamed");
          }
          List<String> stale =
              feed.stream().filter(ticker -> !ticker.fresh()).map(Feed::ticker).toList();
          return stale.isEmpty()
              ? CheckResult.up()
              : CheckResult.degraded("nothing new of " + String.join(", ", stale));
        });
  }

  @Bean
  HealthCheck engineCheck(Operations operations) {
    return check(
        "engine",
        () -> {
          Engine engine = operations.engine();
          if (engine.alive()) {
            return CheckResult.up();
          }
          return CheckResult.degraded(
              engine.seenSecondsAgo() == null
                  ? "the trading engine was never seen"
                  : "the trading engine was last seen " + engine.seenSecondsAgo() + " s ago");
        });
  }

  private static HealthCheck check(String name, java.util.function.Supplier<CheckResult> looking) {
    return new HealthCheck() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public CheckResult check() {
        return looking.get();
      }
    };
  }
}
