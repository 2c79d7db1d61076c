# Cinder's volume:get, which is its admin_or_owner.
package policy

default volume_get := false

volume_get if input.creds.is_admin == true
volume_get if {
	"admin" in input.creds.roles
	input.creds.is_admin_project == true
}
volume_get if input.creds.project_id == input.target.project_id
