package io.alphakite.platform.probe;

import io.alphakite.db.DatabaseRole;
import io.alphakite.platform.ServiceDefinition;
import io.alphakite.platform.health.CheckResult;
import io.alphakite.platform.health.HealthCheck;
import java.util.concurrent.atomic.AtomicReference;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;

/** A service with nothing of its own, to see what the platform gives. */
@SpringBootApplication
public class ProbeService {
  public static final ServiceDefinition DEFINITION =
      new ServiceDefinition(
          "probe-service", ProbeService.class, "PROBE_PORT", 0, DatabaseRole.GATEWAY);

  public static final AtomicReference<CheckResult> FEED = new AtomicReference<>(CheckResult.up());

  @Bean
  HealthCheck feedCheck() {
    return new HealthCheck() {
      @Override
      public String name() {
        return "feed";
      }

      @Override
      public CheckResult check() {
        return FEED.get();
      }
    };
  }
}
