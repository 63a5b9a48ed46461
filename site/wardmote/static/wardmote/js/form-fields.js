/** Put the cursor into a field of a form; of several with one name (radio buttons), into the first. */
export function focusField (form, name) {
  const found = form.elements[name]
  const field = found?.focus ? found : found?.[0]
  field?.focus()
  return Boolean(field)
}
