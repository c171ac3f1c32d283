package io.alphakite.gateway.tickers;

import io.alphakite.platform.settings.Settings;
import io.alphakite.platform.tickers.TickerBook;
import java.time.InstantSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;

@Configuration(proxyBeanMethods = false)
class TickerConfiguration {

  @Bean
  TickerBook tickerBook(JdbcClient jdbc, InstantSource wall, Settings settings) {
    return new TickerBook(jdbc, wall, TickerBook.tickersMax(settings));
  }
}
