package io.alphakite.platform;

import io.alphakite.db.DatabaseUrl;
import io.alphakite.model.calendar.MarketCalendar;
import io.alphakite.platform.database.DatabaseSettings;
import io.alphakite.platform.health.HealthConfiguration;
import io.alphakite.platform.notification.Notifications;
import io.alphakite.platform.settings.Settings;
import io.alphakite.platform.time.FeedClock;
import io.alphakite.platform.time.MarketClock;
import io.alphakite.platform.time.MarketClockSettings;
import io.alphakite.platform.version.ServiceVersions;
import io.alphakite.platform.version.VersionReporter;
import io.alphakite.platform.web.RequestIdFilter;
import java.time.InstantSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What every service gets beside its own beans. */
@Configuration(proxyBeanMethods = false)
@Import(HealthConfiguration.class)
class PlatformConfiguration {

  @Bean
  MarketCalendar marketCalendar() {
    return MarketCalendar.nyse();
  }

  @Bean
  MarketClock marketClock(Settings settings, InstantSource wall, JdbcClient jdbc) {
    return switch (MarketClockSettings.from(settings)) {
      case WALL -> wall::instant;
      case FEED -> new FeedClock(jdbc);
    };
  }

  @Bean
  Notifications notifications(Settings settings, ServiceDefinition service) {
    DatabaseUrl database = DatabaseSettings.of(settings, service.role());
    return new Notifications(database::connectToListen, service.name());
  }

  @Bean
  ServiceVersions serviceVersions(JdbcClient jdbc) {
    return new ServiceVersions(jdbc);
  }

  @Bean
  VersionReporter versionReporter(ServiceVersions versions, ServiceDefinition service) {
    return new VersionReporter(versions, service.name());
  }

  @Bean
  RequestIdFilter requestIdFilter() {
    return new RequestIdFilter();
  }
}
