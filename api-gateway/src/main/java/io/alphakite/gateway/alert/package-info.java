/** Alarms: what a person should hear of, until its cause ends. */
@NullMarked
package io.alphakite.gateway.alert;

import org.jspecify.annotations.NullMarked;
