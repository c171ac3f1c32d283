/** What every HTTP answer carries. */
@NullMarked
package io.alphakite.platform.web;

import org.jspecify.annotations.NullMarked;
