# Glance's get_image, add_image and modify_image. Roles are handed over in lower case, as oslo.policy compares them.
package policy

default get_image := false

get_image if context_is_admin
get_image if {
	"reader" in input.creds.roles
	readable
}

readable if input.creds.project_id == input.target.project_id
readable if input.creds.project_id == input.target.member_id
readable if input.target.visibility in {"community", "public", "shared"}

default add_image := false

add_image if context_is_admin
add_image if {
	"member" in input.creds.roles
	input.creds.project_id == input.target.project_id
	input.creds.project_id == input.target.owner
}

default modify_image := false

modify_image if context_is_admin
modify_image if {
	"member" in input.creds.roles
	input.creds.project_id == input.target.project_id
}

context_is_admin if "admin" in input.creds.roles
