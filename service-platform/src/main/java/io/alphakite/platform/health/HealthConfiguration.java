package io.alphakite.platform.health;

import io.alphakite.platform.ServiceDefinition;
import java.util.List;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;

/** {@code /health} and the checks that every service has. */
@Configuration(proxyBeanMethods = false)
public class HealthConfiguration {

  @Bean
  HealthController healthController(ServiceDefinition service, List<HealthCheck> checks) {
    return new HealthController(service, checks);
  }

  @Bean
  HealthCheck databaseCheck(JdbcClient jdbc) {
    return new DatabaseCheck(jdbc);
  }

  @Bean
  HealthCheck errorsCheck() {
    return new ErrorsCheck();
  }

  @Bean
  HealthCheck diskCheck() {
    return new DiskCheck();
  }
}
