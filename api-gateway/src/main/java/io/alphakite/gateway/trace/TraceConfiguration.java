package io.alphakite.gateway.trace;

import java.time.InstantSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;

@Configuration(proxyBeanMethods = false)
class TraceConfiguration {

  @Bean
  Traces traces(JdbcClient jdbc, InstantSource clock) {
    return new Traces(jdbc, clock);
  }
}
