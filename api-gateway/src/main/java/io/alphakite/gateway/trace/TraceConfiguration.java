package io.alphakite.gateway.trace;

import java.time.InstantSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;

@Configuration(proxyBeanMethods = false)
class TraceConfiguration {

  @Bean
  Traces traces(JdbcClient jdbc, PlatformTransactionManager transactions, InstantSource clock) {
    return new Traces(jdbc, transactions, clock);
  }
}
