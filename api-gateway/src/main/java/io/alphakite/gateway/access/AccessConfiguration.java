package io.alphakite.gateway.access;

import io.alphakite.platform.settings.Settings;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class AccessConfiguration {

  @Bean
  AccessSettings accessSettings(Settings settings) {
    return AccessSettings.from(settings);
  }
}
