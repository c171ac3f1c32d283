@NullMarked
package io.alphakite.gateway;

import org.jspecify.annotations.NullMarked;
