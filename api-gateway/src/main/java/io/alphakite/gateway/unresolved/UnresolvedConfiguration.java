package io.alphakite.gateway.unresolved;

import java.time.InstantSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;

@Configuration(proxyBeanMethods = false)
class UnresolvedConfiguration {

  @Bean
  UnresolvedOrders unresolvedOrders(JdbcClient jdbc, InstantSource clock) {
    return new UnresolvedOrders(jdbc, clock);
  }

  @Bean
  ResolutionDesk resolutionDesk(JdbcClient jdbc, UnresolvedOrders orders) {
    return new ResolutionDesk(jdbc, orders);
  }
}
