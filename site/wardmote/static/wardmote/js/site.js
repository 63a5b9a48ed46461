/**
 * Runs on every page: starts the parts of GOV.UK Frontend that the page holds.
 * Every page works without it.
 */
import { createAll } from '../../govuk-frontend/init.mjs'
import { Button } from '../../govuk-frontend/components/button/button.mjs'
import { CharacterCount } from '../../govuk-frontend/components/character-count/character-count.mjs'
import { Checkboxes } from '../../govuk-frontend/components/checkboxes/checkboxes.mjs'
import { ErrorSummary } from '../../govuk-frontend/components/error-summary/error-summary.mjs'
import { NotificationBanner } from '../../govuk-frontend/components/notification-banner/notification-banner.mjs'
import { Radios } from '../../govuk-frontend/components/radios/radios.mjs'
import { ServiceNavigation } from '../../govuk-frontend/components/service-navigation/service-navigation.mjs'
import { SkipLink } from '../../govuk-frontend/components/skip-link/skip-link.mjs'
import { Tabs } from '../../govuk-frontend/components/tabs/tabs.mjs'

document.body.classList.add('js-enabled', 'govuk-frontend-supported')

const components = [
  Button, CharacterCount, Checkboxes, ErrorSummary, NotificationBanner, Radios, ServiceNavigation, SkipLink, Tabs
]
for (const component of components) createAll(component)
