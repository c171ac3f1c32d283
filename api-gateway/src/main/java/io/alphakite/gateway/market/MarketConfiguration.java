package io.alphakite.gateway.market;

import io.alphakite.platform.settings.Settings;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class MarketConfiguration {

  @Bean
  MarketSettings marketSettings(Settings settings) {
    return MarketSettings.from(settings);
  }
}
